#!/usr/bin/env bash
# Runs commands in a bare Debian 12, to find out whether a clone works on a machine that has git and nothing else.
#
#   tools/clean_root.sh [--root DIR] [--keep] [--working-tree] 'COMMAND' ['COMMAND' ...]
#
#   --root DIR       where the root is laid out (default ${TMPDIR:-/tmp}/postroom-root); DIR.tar keeps the bare system
#   --keep           go on in the root that an earlier run left in DIR, with its packages and its clone
#   --working-tree   take the files as they lie here, not the last commit
#
#   tools/clean_root.sh './dev demo' './dev test'
#
# Each command is a shell line, run in the clone by a plain user who may use sudo. The root has a mount and a process
# namespace of its own: nothing stays mounted and no process outlives the run. Needs root, mmdebstrap, unshare, setpriv.
# Package sources, their settings and the resolver are copied from this machine when it runs.
set -euo pipefail
here=$(cd "$(dirname "$0")/.." && pwd)
root=${TMPDIR:-/tmp}/postroom-root keep=no source=clone

die() { echo "clean_root: $*" >&2; exit 1; }

while [ $# -gt 0 ]; do
  case $1 in
    --root) root=$2; shift 2 ;;
    --keep) keep=yes; shift ;;
    --working-tree) source=tree; shift ;;
    --help | -h) sed -n '2,14s/^# \{0,1\}//p' "$0"; exit 0 ;;
    -*) die "unknown option $1" ;;
    *) break ;;
  esac
done
[ $# -gt 0 ] || die "say what to run, such as './dev test' (--help shows more)"
[ "$(id -u)" = 0 ] || die "this lays out a whole system and needs root"
for tool in mmdebstrap unshare setpriv tar; do
  command -v "$tool" >/dev/null || die "$tool is missing: apt-get install mmdebstrap util-linux tar"
done

# The sources of this machine, those that apt reads.
apt_sources() { find /etc/apt -maxdepth 2 \( -name '*.sources' -o -name '*.list' \) -type f; }

build_bare_system() {
  local sources=()
  mapfile -t sources < <(apt_sources)
  [ ${#sources[@]} -gt 0 ] || die "this machine names no package sources in /etc/apt"
  echo "clean_root: building a bare Debian 12" >&2
  mmdebstrap --quiet --variant=minbase --include=git,ca-certificates,sudo bookworm "$root.tar.part" "${sources[@]}" \
    --format=tar
  mv "$root.tar.part" "$root.tar"
}

lay_out() {
  rm -rf --one-file-system "$root"
  mkdir -p "$root"
  tar -C "$root" -xf "$root.tar"
  cp -a /etc/apt/apt.conf.d "$root/etc/apt/"
  chroot "$root" useradd --create-home --shell /bin/bash builder
  echo 'builder ALL=(ALL) NOPASSWD: ALL' >"$root/etc/sudoers.d/builder"
  chmod 440 "$root/etc/sudoers.d/builder"
}

bring_repository() {
  local clone=$root/home/builder/postroom
  if [ "$source" = clone ]; then
    git clone --quiet --no-hardlinks "$here" "$clone"
  else
    mkdir -p "$clone"
    (cd "$here" && git ls-files --cached --others --exclude-standard -z | while IFS= read -r -d '' f; do
      [ ! -e "$f" ] || printf '%s\0' "$f"
    done | tar --null -T - -cf -) | tar -C "$clone" -xf -
  fi
  chroot "$root" chown -R builder: /home/builder/postroom
}

if [ "$keep" = no ] || [ ! -d "$root/home/builder/postroom" ]; then
  [ -s "$root.tar" ] || build_bare_system
  lay_out
  bring_repository
fi
cp -L /etc/resolv.conf "$root/etc/resolv.conf"
cp -L /etc/hosts "$root/etc/hosts"

# Runs inside the namespaces: $1 the root, the rest the commands.
# shellcheck disable=SC2016  # expanded by the inner shell
inside='
set -e
root=$1; shift
mount --make-rprivate /
mount --bind "$root" "$root"
mount -t proc proc "$root/proc"
mount --rbind /dev "$root/dev"
mount -t sysfs sysfs "$root/sys" 2>/dev/null || true
for line in "$@"; do
  echo "clean_root: \$ $line" >&2
  started=$(date +%s) code=0
  chroot "$root" /usr/bin/setpriv --reuid=builder --regid=builder --init-groups \
    /usr/bin/env -i HOME=/home/builder USER=builder LOGNAME=builder LANG=C.UTF-8 TERM=dumb \
    PATH=/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin \
    /bin/bash -c "cd ~/postroom && $line" </dev/null || code=$?
  echo "clean_root: exit $code after $(($(date +%s) - started)) s" >&2
  [ $code = 0 ] || exit $code
done
'
exec unshare --mount --pid --fork --kill-child bash -c "$inside" clean_root "$root" "$@"
