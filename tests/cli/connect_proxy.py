#!/usr/bin/env python3
"""connect_proxy.py LOG [USER:PASSWORD]: an HTTP CONNECT proxy to this machine, for tests.

Prints its port, then writes one line to LOG for each target it was asked for.
"""
import base64
import socket
import sys
import threading


def relay(source, sink):
    try:
        while data := source.recv(65536):
            sink.sendall(data)
        sink.shutdown(socket.SHUT_WR)
    except OSError:
        pass


def serve(client, log, proof):
    with client:
        head = b""
        while not head.endswith(b"\r\n\r\n"):
            byte = client.recv(1)
            if not byte:
                return
            head += byte
        if proof and b"\r\nProxy-Authorization: Basic " + proof + b"\r\n" not in head:
            client.sendall(b"HTTP/1.1 407 Who are you\r\nProxy-Authenticate: Basic realm=\"x\"\r\n\r\n")
            return
        target = head.split(b" ")[1].decode()
        with open(log, "a") as lines:
            lines.write(target + "\n")
        with socket.create_connection(("localhost", int(target.rpartition(":")[2]))) as server:
            client.sendall(b"HTTP/1.1 200 OK\r\n\r\n")
            back = threading.Thread(target=relay, args=(server, client), daemon=True)
            back.start()
            relay(client, server)
            back.join()


def main():
    log, sign_in = sys.argv[1], sys.argv[2] if len(sys.argv) > 2 else ""
    proof = base64.b64encode(sign_in.encode())
    listener = socket.create_server(("127.0.0.1", 0))
    print(listener.getsockname()[1], flush=True)
    while True:
        client, _ = listener.accept()
        threading.Thread(target=serve, args=(client, log, proof), daemon=True).start()


main()
