#!/usr/bin/env bash
# A private, rootless Dovecot on loopback: IMAP, POP3 and submission, each with STARTTLS and with implicit TLS.
#
#   dovecot.sh start DIR [--relay PORT] [--capabilities 'IMAP4rev1 ...'] [--set 'name = value' ...]
#   dovecot.sh restart DIR      the same ports and mail again
#   dovecot.sh stop DIR         stop it and wait until its last process is gone
#   dovecot.sh guard DIR        wait for the end of standard input, then stop it and remove DIR: a test that is killed
#                               leaves nothing behind
#
# DIR is created, holds everything, and should be short (Unix sockets live in it). --relay is the SMTP server that
# submission hands mail to. `start` returns when IMAP answers and prints what it chose as NAME=value lines, which
# DIR/settings keeps. Started by root, the server runs as `nobody`: Dovecot refuses root's mail.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
tree=${POSTROOM_DOVECOT:-$(cd "$here/../.." && pwd)/.servers/dovecot}
account=$(id -un)
[ "$(id -u)" != 0 ] || account=nobody
group=$(id -gn "$account")

die() { echo "dovecot.sh: $*" >&2; exit 1; }

as_account() {
  if [ "$(id -u)" = 0 ]; then
    setpriv --reuid="$account" --regid="$group" --clear-groups -- "$@"
  else
    "$@"
  fi
}

# Six neighbouring ports below the range that the kernel hands to clients, so that nobody's connection sits on them.
port_names=(IMAP IMAPS POP3 POP3S SUBMISSION SUBMISSIONS)
pick_ports() {
  local i
  base=$((10000 + (RANDOM * 32768 + RANDOM) % 22000))
  for i in "${!port_names[@]}"; do
    printf '%s_PORT=%s\n' "${port_names[i]}" $((base + i))
  done >"$dir/settings"
  printf 'HOST=127.0.0.1\nCA=%s/ca.pem\nPASSWORD=secret\nTOKEN=valid-token\n' "$dir" >>"$dir/settings"
}

write_configuration() {
  local name value substitutions=()
  while IFS='=' read -r name value; do
    substitutions+=(-e "s|@$name@|$value|g")
  done <"$dir/settings"
  sed -e "s|@DIR@|$dir|g" -e "s|@TREE@|$tree|g" -e "s|@LIBRARIES@|$libraries|g" -e "s|@USER@|$account|g" \
    -e "s|@GROUP@|$group|g" -e "s|@RELAY_PORT@|$relay|g" "${substitutions[@]}" "$here/dovecot.conf.in" >"$dir/dovecot.conf"
  [ ${#extra[@]} = 0 ] || printf '%s\n' "${extra[@]}" >>"$dir/dovecot.conf"
}

# Root may unpack the servers where `nobody` cannot look, such as under /root: then a copy goes beside the mail.
reachable_tree() {
  [ -e "$tree/.complete" ] || die "there is no Dovecot in $tree: run ./dev setup"
  as_account test -x "$tree/usr/sbin/dovecot" && return
  [ -d "$dir/tree" ] || cp -a "$tree" "$dir/tree"
  tree=$dir/tree
}

find_libraries() {
  local machine
  machine=$(dirname "$(find "$tree/usr/lib" -maxdepth 2 -name 'libexttextcat*.so*' -print -quit)")
  libraries=$tree/usr/lib/dovecot:$tree/usr/lib/dovecot/modules/old-stats:$machine
}

launch() {
  (
    cd "$dir"
    ulimit -c 0
    ulimit -n "$(ulimit -Hn)"
    as_account env LD_LIBRARY_PATH="$libraries" LD_PRELOAD="$tree/relocate.so" DOVECOT_TREE="$tree" \
      "$tree/usr/sbin/dovecot" -c "$dir/dovecot.conf"
  ) </dev/null >"$dir/start.log" 2>&1
}

greets() {
  local line
  { exec 3<>"/dev/tcp/127.0.0.1/$1"; } 2>/dev/null || return 1
  IFS= read -r -t 5 line <&3 || line=
  exec 3>&-
  [[ $line == "$2"* ]]
}

setting() { sed -n "s/^$1=//p" "$dir/settings"; }

# The greeting comes only once the sign-in process has reached its authentication server.
wait_until_ready() {
  local deadline=$((SECONDS + 20))
  until greets "$(setting IMAP_PORT)" '* OK'; do
    [ $SECONDS -lt $deadline ] && running || return 1
    sleep 0.02
  done
}

pid_file=run/master.pid
running() { [ -s "$dir/$pid_file" ] && kill -0 "$(cat "$dir/$pid_file")" 2>/dev/null; }

bring_up() {
  find_libraries
  write_configuration
  [ "$(id -u)" != 0 ] || chown -R "$account:" "$dir"
  launch && wait_until_ready
}

start() {
  local attempt
  mkdir -p "$dir"/{run,state,mail}
  chmod 755 "$dir"
  reachable_tree
  "$here/certificates.sh" "$dir"
  for attempt in 1 2 3 4 5 6 7 8; do
    pick_ports
    bring_up && break
    stop
    # Somebody else's port is worth another throw of the dice, anything else is not.
    grep -q 'Address already in use' "$dir/start.log" "$dir/dovecot.log" 2>/dev/null && [ "$attempt" != 8 ] ||
      die "Dovecot did not start: $(cat "$dir/start.log" "$dir/dovecot.log" 2>/dev/null | tail -n 4)"
    rm -f "$dir/dovecot.log"
  done
  cat "$dir/settings"
}

# The server leads a process group of its own. What a moment does not end is killed: it keeps nothing that a reader of
# its mail would miss. Processes that only wait to be reaped by init count as gone.
alive_in_group() { pgrep --pgroup "$1" --runstates D,I,R,S,T >/dev/null; }
stop() {
  local pid round=0
  running || return 0
  pid=$(cat "$dir/$pid_file")
  kill -TERM -- "-$pid" 2>/dev/null || true
  while alive_in_group "$pid"; do
    [ $((++round)) != 10 ] || kill -KILL -- "-$pid" 2>/dev/null || true
    [ $round -lt 1000 ] || die "process group $pid does not end"
    sleep 0.01
  done
  rm -f "$dir/$pid_file"
}

restart() {
  [ -s "$dir/settings" ] || die "nothing was started in $dir"
  stop
  [ ! -d "$dir/tree" ] || tree=$dir/tree
  find_libraries
  launch && wait_until_ready || die "Dovecot did not come back: $(tail -n 4 "$dir/start.log" "$dir/dovecot.log")"
}

verb=${1:-} dir=${2:-}
[ -n "$dir" ] || { sed -n '2,13s/^# \{0,1\}//p' "$0"; exit 64; }
shift 2
relay=25 extra=()
while [ $# -gt 0 ]; do
  case $1 in
    --relay) relay=$2 ;;
    --capabilities) extra+=("imap_capability = $2") ;;
    --set) extra+=("$2") ;;
    *) die "unknown option $1" ;;
  esac
  shift 2
done
case $verb in
  start) start ;;
  stop) stop ;;
  restart) restart ;;
  guard) cat >/dev/null; stop; rm -rf "$dir" ;;
  *) die "start, restart, stop or guard, not '$verb'" ;;
esac
