#!/usr/bin/env bash
# run.sh BUILD_FOLDER: the demonstration. Starts a private mail server with forty messages, lets Postroom run
# examples/file-invoices.flow.yaml on it twice, and shows the mailbox, the archive and the outgoing mail on the way.
# Everything is on loopback and in a folder of its own; all of it is stopped and removed at the end, however that comes.
# The archive stays, in build/demo/archive. Fails if the run did not do what it shows.
set -euo pipefail
root=$(cd "$(dirname "$0")/../.." && pwd)
build=$(cd "${1:-$root/build/dev}" && pwd)
here=$root/tools/demo
flow=examples/file-invoices.flow.yaml
invoices=12   # that make_mail.py writes to be filed
documents=13  # PDFs in them

die() { echo "demo: $*" >&2; exit 1; }
title() { printf '\n\033[1m%s\033[0m\n' "$*"; }
[ -t 1 ] || title() { printf '\n%s\n' "$*"; }

postroom=$(find "$build" -maxdepth 3 -name postroom -type f -perm -u+x -print -quit)
[ -n "$postroom" ] || die "there is no postroom in $build: ./dev build"

work=$(mktemp -d "${TMPDIR:-/tmp}/prdemo.XXXXXX")
sink_pid=
finish() {
  trap - EXIT INT TERM
  "$root/tests/servers/dovecot.sh" stop "$work/server" 2>/dev/null || true
  [ -z "$sink_pid" ] || { kill "$sink_pid" && wait "$sink_pid"; } 2>/dev/null || true
  rm -rf "$work"
}
trap finish EXIT
trap 'exit 130' INT
trap 'exit 143' TERM
chmod 755 "$work"

start_servers() {
  python3 "$here/smtp_sink.py" "$work/outside" >"$work/sink.log" 2>&1 &
  sink_pid=$!
  local deadline=$((SECONDS + 20))
  until [ -s "$work/outside/port" ]; do
    [ $SECONDS -lt $deadline ] && kill -0 "$sink_pid" 2>/dev/null || die "no SMTP sink: $(cat "$work/sink.log")"
    sleep 0.02
  done
  "$root/tests/servers/dovecot.sh" start "$work/server" --relay "$(cat "$work/outside/port")" >"$work/settings"
  # NAME=value lines, all of our own making.
  # shellcheck disable=SC1091
  . "$work/settings"
  export IMAP_PORT MAIL_USER=accounts@example.test MAIL_PASSWORD=$PASSWORD
}

show_archive() {
  (cd "$archive" && find . -type f -printf '%8s bytes   %P\n' | sort -k 3)
  [ -n "$(find "$archive" -type f -print -quit)" ] || echo "  (empty)"
}

show_outside() {
  [ -s "$work/outside/index.txt" ] || { echo "  (nothing)"; return; }
  sed 's/^/  /' "$work/outside/index.txt"
}

run_flow() {
  "$postroom" run "$flow" \
    --var user="$MAIL_USER" --var-from password=env:MAIL_PASSWORD \
    --var host=127.0.0.1 --var imap_port="$IMAPS_PORT" \
    --var smtp_host=127.0.0.1 --var smtp_port="$SUBMISSION_PORT" \
    --var archive="$archive" || die "the run ended with exit code $?"
}

sent() { find "$work/outside" -name '*.eml' | wc -l; }
saved() { find "$archive" -type f | wc -l; }
moved() { python3 "$here/mailbox.py" count Processed; }

expect() {
  [ "$2" = "$3" ] || die "$1: $2, and $3 were expected"
}

archive=$root/build/demo/archive
rm -rf "$root/build/demo"
mkdir -p "$archive"
export POSTROOM_STATE=$work/state
cd "$root"

title "A private mail server starts (Dovecot, IMAP over TLS and submission), on this machine only"
start_servers
messages=$(python3 "$here/make_mail.py" "$work/mail")
python3 "$here/mailbox.py" deliver "$work/mail"
echo "  $messages messages in English and French arrive for $MAIL_USER"

title "The mailbox before"
python3 "$here/mailbox.py" show

title "The flow: $flow"
sed -n '/^steps:/,$p' "$flow" | sed 's/^/  /'

title "postroom run $flow"
# The certificate authority was made a moment ago: the flow need not name it, the environment does.
export SSL_CERT_FILE=$work/server/ca.pem
run_flow

title "The mailbox after"
python3 "$here/mailbox.py" show
title "The archive, build/demo/archive"
show_archive
title "Replies that reached the outside world"
show_outside
expect "messages in Processed" "$(moved)" $invoices
expect "documents in the archive" "$(saved)" $documents
expect "replies sent" "$(sent)" $invoices

title "The same run again: nothing is done twice"
run_flow
expect "messages in Processed" "$(moved)" $invoices
expect "documents in the archive" "$(saved)" $documents
expect "replies sent" "$(sent)" $invoices
echo "  Still $invoices messages filed, $documents documents saved, $invoices replies sent."

title "Done. The invoices are in build/demo/archive; the server and its mail are gone."
