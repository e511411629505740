#!/usr/bin/env bash
# A private, rootless Exim on loopback: submission with STARTTLS and with implicit TLS, for tests of sending. It takes
# mail and keeps it in its queue: nothing is ever delivered or sent on.
#
#   exim.sh start DIR    create DIR, start, print what it chose as NAME=value lines (also in DIR/settings)
#   exim.sh stop DIR     stop it and wait until its last process is gone
#   exim.sh guard DIR    wait for the end of standard input, then stop it and remove DIR
#
# Every user name has the password "secret" (PLAIN and LOGIN, under TLS only). A recipient called gone@ is refused, one
# called later@ is greylisted. Mail lies in DIR/spool/input (ID-H and ID-D), what was done in DIR/mainlog. Started by
# root, the server runs as `nobody`.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
tree=${POSTROOM_EXIM:-$(cd "$here/../.." && pwd)/.servers/exim}
account=$(id -un)
[ "$(id -u)" != 0 ] || account=nobody
group=$(id -gn "$account")

die() { echo "exim.sh: $*" >&2; exit 1; }

as_account() {
  if [ "$(id -u)" = 0 ]; then
    setpriv --reuid="$account" --regid="$group" --clear-groups -- "$@"
  else
    "$@"
  fi
}

pick_ports() {
  base=$((10000 + (RANDOM * 32768 + RANDOM) % 22000))
  printf 'SMTP_PORT=%s\nSMTPS_PORT=%s\nHOST=127.0.0.1\nCA=%s/ca.pem\nPASSWORD=secret\n' \
    $base $((base + 1)) "$dir" >"$dir/settings"
  sed -e "s|@DIR@|$dir|g" -e "s|@USER@|$account|g" -e "s|@GROUP@|$group|g" -e "s|@SMTP_PORT@|$base|g" \
    -e "s|@SMTPS_PORT@|$((base + 1))|g" "$here/exim.conf.in" >"$dir/exim.conf"
}

greets() {
  local line
  { exec 3<>"/dev/tcp/127.0.0.1/$1"; } 2>/dev/null || return 1
  IFS= read -r -t 5 line <&3 || line=
  exec 3>&-
  [[ $line == 220* ]]
}

pid_file=exim.pid
running() { [ -s "$dir/$pid_file" ] && kill -0 "$(cat "$dir/$pid_file")" 2>/dev/null; }

bring_up() {
  [ "$(id -u)" != 0 ] || chown -R "$account:" "$dir"
  (
    cd "$dir"
    ulimit -c 0
    as_account env LD_LIBRARY_PATH="$dir/lib" LD_PRELOAD="$dir/own_user.so" "$dir/exim" -C "$dir/exim.conf" -bd
  ) </dev/null >"$dir/start.log" 2>&1 || return 1
  local deadline=$((SECONDS + 20))
  until greets "$base"; do
    [ $SECONDS -lt $deadline ] || return 1
    sleep 0.02
  done
}

# A copy beside the mail: the package's binary belongs to root with the set-user-id bit, and the tree may lie where
# `nobody` cannot look.
copy_program() {
  [ -e "$tree/.complete" ] || die "there is no Exim in $tree: run ./dev setup"
  install -m 755 "$tree/usr/sbin/exim4" "$dir/exim"
  install -m 755 "$tree/own_user.so" "$dir/own_user.so"
  mkdir -p "$dir/lib"
  find "$tree/usr/lib" -maxdepth 2 -name '*.so*' -exec cp -a {} "$dir/lib/" \; 2>/dev/null || true
}

start() {
  local attempt
  mkdir -p "$dir"
  chmod 755 "$dir"
  copy_program
  "$here/certificates.sh" "$dir"
  for attempt in 1 2 3 4 5 6 7 8; do
    pick_ports
    bring_up && break
    stop
    grep -q 'Address already in use' "$dir/start.log" "$dir"/*log 2>/dev/null && [ "$attempt" != 8 ] ||
      die "Exim did not start: $(cat "$dir/start.log" "$dir"/mainlog "$dir"/paniclog 2>/dev/null | tail -n 4)"
    rm -f "$dir"/mainlog "$dir"/paniclog
  done
  cat "$dir/settings"
}

alive_in_group() { pgrep --pgroup "$1" --runstates D,I,R,S,T >/dev/null; }
stop() {
  local pid round=0
  running || return 0
  pid=$(cat "$dir/$pid_file")
  kill -TERM -- "-$pid" 2>/dev/null || kill -TERM "$pid" 2>/dev/null || true
  while alive_in_group "$pid" || running; do
    [ $((++round)) != 10 ] || kill -KILL -- "-$pid" 2>/dev/null || true
    [ $round -lt 1000 ] || die "process group $pid does not end"
    sleep 0.01
  done
  rm -f "$dir/$pid_file"
}

verb=${1:-} dir=${2:-}
[ -n "$dir" ] || { sed -n '2,12s/^# \{0,1\}//p' "$0"; exit 64; }
case $verb in
  start) start ;;
  stop) stop ;;
  guard) cat >/dev/null; stop; rm -rf "$dir" ;;
  *) die "start, stop or guard, not '$verb'" ;;
esac
