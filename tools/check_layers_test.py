#!/usr/bin/env python3
"""check_layers.py on small trees, each with one thing wrong (or right)."""
import pathlib
import subprocess
import sys
import tempfile
import unittest

CHECK = pathlib.Path(__file__).resolve().with_name("check_layers.py")


class CheckLayers(unittest.TestCase):
    def check(self, files):
        """Exit code and output for a tree with these files."""
        with tempfile.TemporaryDirectory() as root:
            for name, text in files.items():
                path = pathlib.Path(root, name)
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_text(text)
            done = subprocess.run([sys.executable, str(CHECK), root], capture_output=True, text=True)
            self.assertEqual(done.stderr, "")
            return done.returncode, done.stdout

    def refused(self, name, text, *words):
        code, out = self.check({name: text})
        self.assertEqual(code, 1, f"{name} passed: {text!r}")
        self.assertIn(f"{name}:", out)
        for word in words:
            self.assertIn(word, out)

    def accepted(self, name, text):
        code, out = self.check({name: text})
        self.assertEqual((code, out), (0, "layers: ok, 1 files\n"))

    def test_an_allowed_edge_passes_with_one_line(self):
        self.accepted("src/flow/run.cpp", '#include "base/task.hpp"\n#include "session/session.hpp"\n#include <vector>\n')

    def test_every_other_edge_is_named_with_its_line(self):
        self.refused("src/imap/client.cpp", '// no\n#include "mailbox/folder.hpp"\n', "client.cpp:2:", "imap does not use mailbox")
        self.refused("src/mailbox/folder.hpp", '#include "imap/fetch.hpp"\n', "mailbox does not use imap")
        self.refused("src/base/text.cpp", '#include "net/stream.hpp"\n', "base does not use net")
        self.refused("src/imap/fetch.cpp", '#include "smtp/client.hpp"\n', "imap does not use smtp")
        self.refused("src/flow/run.cpp", '#include "stores/imap_store.hpp"\n', "flow does not use stores")
        self.refused("include/postroom/run.hpp", '#include "imap/client.hpp"\n', "postroom does not use imap")
        self.refused("src/imap/client.cpp", '#  include  "mime/message.hpp"\n', "imap does not use mime")

    def test_edges_open_for_some_headers_only(self):
        self.accepted("src/session/session.cpp", '#include "stores/open_store.hpp"\n')
        self.refused("src/session/session.cpp", '#include "stores/imap_store.hpp"\n', "open_(store|transport)")
        self.accepted("src/imap/sign_in.cpp", '#include "auth/sasl.hpp"\n')
        self.refused("src/imap/sign_in.cpp", '#include "auth/redirect_listener.hpp"\n', "sasl|token")

    def test_a_test_may_use_what_its_module_is_built_on_and_the_fixtures(self):
        self.accepted("src/flow/run_test.cpp", '#include "imap/client.hpp"\n#include "tests/support/temp_dir.hpp"\n')
        self.refused("src/imap/client_test.cpp", '#include "flow/run.hpp"\n', "imap does not use flow")
        self.refused("src/flow/run.cpp", '#include "tests/support/temp_dir.hpp"\n', "only tests")

    def test_unknown_modules_and_relative_paths(self):
        self.refused("src/helpers/misc.cpp", "\n", "'helpers' is not a module")
        self.refused("src/imap/client.cpp", '#include "helpers/misc.hpp"\n', "'helpers' is not a module")
        self.refused("src/imap/client.cpp", '#include "../flow/run.hpp"\n', "path below src/")

    def test_libraries_stay_at_home(self):
        homes = {
            "sqlite3.h": ("src/state/ledger.cpp", "src/flow/run.cpp"),
            "gmime/gmime.h": ("src/mime/message.cpp", "src/mailbox/message.cpp"),
            "yaml-cpp/yaml.h": ("src/flow/load.cpp", "src/account/account.cpp"),
            "lua.hpp": ("src/flow/lua.cpp", "src/base/value.cpp"),
            "gsasl.h": ("src/auth/sasl.cpp", "src/imap/sign_in.cpp"),
            "openssl/ssl.h": ("src/net/tls_stream.cpp", "src/auth/sasl.cpp"),
            "openssl/evp.h": ("src/auth/jwt.cpp", "src/state/ledger.cpp"),
            "sodium.h": ("src/vault/vault.cpp", "src/auth/token.cpp"),
            "boost/beast/http.hpp": ("src/net/http_server.cpp", "src/net/http_client.cpp"),
            "curl/curl.h": ("src/net/http_client.cpp", "src/net/connector.cpp"),
            "boost/asio/steady_timer.hpp": ("src/net/with_timeout.cpp", "src/session/retry.cpp"),
            "boost/asio/awaitable.hpp": ("src/base/task.hpp", "src/base/clock.hpp"),
        }
        for header, (home, stranger) in homes.items():
            with self.subTest(header):
                self.accepted(home, f"#include <{header}>\n")
                self.refused(stranger, f"#include <{header}>\n", header)
        self.refused("src/net/connector.cpp", "#include <regex>\n", "nowhere allowed")
        self.accepted("src/auth/sasl_test.cpp", "#include <openssl/evp.h>\n")
        self.refused("src/auth/sasl_test.cpp", "#include <regex>\n", "nowhere allowed")
        self.refused("src/auth/sasl_test.cpp", "#include <boost/asio/steady_timer.hpp>\n", "Asio belongs to net/")

    def test_tasks_are_spawned_in_two_places(self):
        spawn = "void f() { boost::asio::co_spawn(e, t, boost::asio::detached); }\n"
        self.accepted("src/net/task_group.cpp", spawn)
        self.accepted("src/cli/main.cpp", spawn)
        self.refused("src/session/session.cpp", "\n" + spawn, "session.cpp:2:", "every task has a parent")
        self.accepted("src/session/session.cpp", '// not co_spawn(x)\nauto s = "co_spawn(x)"; /* asio::detached */\n')

    def test_long_files_must_be_generated(self):
        long = "int x;\n" * 600
        self.accepted("src/flow/run.cpp", long)
        self.refused("src/flow/run.cpp", long + "int y;\n", "601 lines")
        self.accepted("src/flow/table.cpp", "// generated by tools/x.py\n" + long)
        self.refused("tests/cli/run_test.cpp", long + "int y;\n", "601 lines")

    def test_cmake_edges(self):
        self.assertEqual(self.check({"src/imap/CMakeLists.txt": "postroom_module(imap DEPS base net auth LIBS fmt::fmt)\n"})[0], 0)
        self.refused("src/imap/CMakeLists.txt", "\npostroom_module(imap\n  DEPS net mailbox)\n", "CMakeLists.txt:2:", "DEPS mailbox")

    def test_every_violation_is_printed(self):
        code, out = self.check({"src/imap/a.cpp": '#include "flow/run.hpp"\n#include <regex>\n',
                                "src/pop3/b.cpp": '#include "imap/a.hpp"\n'})
        self.assertEqual((code, out.count("\n")), (1, 3))


if __name__ == "__main__":
    unittest.main()
