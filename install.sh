#!/bin/sh
# Installs agent-trace for one person: downloads the archive for this machine, checks its SHA-256, runs the program
# once, and only then puts it in place. No root, no runtime; nothing but the files named at the end is changed.
#
#   sh install.sh [--modify-path] [--help]
#
#   AGENT_TRACE_VERSION         another version than the one this script comes with, such as 0.1.0
#   AGENT_TRACE_INSTALL_DIR     where the program goes (default: $XDG_BIN_HOME, else ~/.local/bin)
#   AGENT_TRACE_DOWNLOAD_URL    where the release's files lie; `{version}` stands for the version
#   AGENT_TRACE_INSTALL_BINARY  install this file instead of downloading one
#   AGENT_TRACE_LIBC            glibc or musl, where the script guesses wrong
#
# Messages go to stderr, stdout stays empty. Exit code: 0 installed, 1 not, and what was there before is still there.

set -eu

# Filled in when a release is made.
release_version=''
release_url=''
release_sums=''

say() { printf '%s\n' "$*" >&2; }
fail() {
  say "error: $1"
  [ $# -lt 2 ] || say "hint: $2"
  exit 1
}
has() { command -v "$1" >/dev/null 2>&1; }

# The target in the archive's name: system, processor and, on Linux, the C library.
find_target() {
  system=$(uname -s)
  machine=$(uname -m)
  case $machine in
    x86_64 | amd64) machine=x64 ;;
    aarch64 | arm64) machine=arm64 ;;
    *) fail "there is no build for the processor \`$machine\`" "there are builds for x86_64 and aarch64" ;;
  esac
  case $system in
    Linux)
      if has getconf && [ "$(getconf LONG_BIT 2>/dev/null || echo 64)" = 32 ]; then
        fail "this is a 32-bit system on a 64-bit processor" "a 64-bit system is needed"
      fi
      find_libc
      target=linux-$machine
      [ "$libc" = glibc ] || target=$target-musl
      ;;
    Darwin)
      # A shell that runs translated says x86_64 on an Apple processor.
      if [ "$(sysctl -n sysctl.proc_translated 2>/dev/null || echo 0)" = 1 ]; then machine=arm64; fi
      macos=$(sw_vers -productVersion 2>/dev/null || echo 13)
      [ "${macos%%.*}" -ge 13 ] || fail "this is macOS $macos" "macOS 13 or later is needed"
      target=darwin-$machine
      ;;
    MINGW* | MSYS* | CYGWIN* | Windows_NT)
      fail "this script does not install on Windows" "run install.ps1 in PowerShell"
      ;;
    *) fail "there is no build for \`$system\`" "there are builds for Linux, macOS and Windows" ;;
  esac
}

# musl only where there is no loader of glibc: a system with both runs either, and glibc needs no libstdc++.
find_libc() {
  libc=${AGENT_TRACE_LIBC:-}
  case $libc in
    glibc | musl) return ;;
    '') ;;
    *) fail "AGENT_TRACE_LIBC is \`$libc\`" "it is glibc or musl" ;;
  esac
  for loader in /lib64/ld-linux-x86-64.so.2 /lib/ld-linux-x86-64.so.2 /lib/ld-linux-aarch64.so.1 /lib64/ld-linux-aarch64.so.1; do
    if [ -e "$loader" ]; then
      libc=glibc
      return
    fi
  done
  for loader in /lib/ld-musl-*.so.1; do
    if [ -e "$loader" ]; then
      libc=musl
      return
    fi
  done
  fail "neither glibc nor musl was found in /lib and /lib64" "set AGENT_TRACE_LIBC to glibc or musl"
}

# Where to install. Nothing is written before all of this is known to be possible.
find_directory() {
  directory=${AGENT_TRACE_INSTALL_DIR:-${XDG_BIN_HOME:-}}
  if [ -z "$directory" ]; then
    [ -n "${HOME:-}" ] || fail "HOME is not set" "set AGENT_TRACE_INSTALL_DIR to the directory to install into"
    directory=$HOME/.local/bin
    [ "$(id -u)" != 0 ] || say "note: running as root, so this installs for root alone; for everyone set AGENT_TRACE_INSTALL_DIR=/usr/local/bin"
  fi
  case $directory in
    /*) ;;
    *) directory=$(pwd)/$directory ;;
  esac
  case $directory in
    *[\"\\]* | *"$newline"*) fail "the directory's name holds a quote, a backslash or a line break: $directory" "choose another AGENT_TRACE_INSTALL_DIR" ;;
  esac
  mkdir -p "$directory" 2>/dev/null || true
  if [ ! -d "$directory" ] || ! temporary=$(make_temporary); then
    fail "cannot write to $directory" "set AGENT_TRACE_INSTALL_DIR to a directory that you may write to"
  fi
  [ ! -d "$directory/agent-trace" ] || fail "$directory/agent-trace is a directory" "remove it, or set AGENT_TRACE_INSTALL_DIR"
}

# Beside the final place: the rename is then atomic, and whether programs may run there is known before.
make_temporary() {
  if has mktemp; then
    mktemp -d "$directory/.agent-trace-install.XXXXXX" 2>/dev/null
  else
    (umask 077 && mkdir "$directory/.agent-trace-install.$$" 2>/dev/null) && echo "$directory/.agent-trace-install.$$"
  fi
}

clean_up() {
  [ -z "${temporary:-}" ] || rm -rf "$temporary"
}

find_tools() {
  if has curl; then downloader=curl; elif has wget; then downloader=wget; else
    fail "neither curl nor wget was found" "install one of them, or download the archive by hand: see docs/install.md"
  fi
  if has sha256sum; then digester=sha256sum; elif has shasum; then digester=shasum; elif has openssl; then digester=openssl; else
    fail "none of sha256sum, shasum and openssl was found, so the download cannot be checked" "install one of them"
  fi
  has tar || fail "tar was not found" "install it"
  has gzip || has gunzip || fail "gzip was not found" "install it"
}

# Where the release lies. Plain http is for this machine alone, or where the sums are in this script.
find_release() {
  version=${AGENT_TRACE_VERSION:-$release_version}
  version=${version#v}
  case $version in
    *[!0-9A-Za-z.+-]*) fail "AGENT_TRACE_VERSION is \`$version\`" "it is a version such as 0.1.0" ;;
  esac
  url=${AGENT_TRACE_DOWNLOAD_URL:-$release_url}
  [ -n "$url" ] || fail "this script does not know where releases lie" "set AGENT_TRACE_DOWNLOAD_URL, or use the install.sh of a release"
  case $url in
    *'{version}'*)
      [ -n "$version" ] || fail "no version is named" "set AGENT_TRACE_VERSION"
      url=${url%%'{version}'*}$version${url#*'{version}'}
      ;;
  esac
  url=${url%/}
  authority=${url#*://}
  case ${authority%%/*} in
    *@*) fail "the download address holds a user name" "it would stay readable in the receipt; use ~/.netrc" ;;
  esac
  case $url in
    *[\"\\\ ]* | *"$newline"*) fail "the download address holds a quote, a blank or a backslash" "write it percent-encoded" ;;
    https://* | http://127.0.0.1[:/]* | http://127.0.0.1 | http://localhost[:/]* | http://localhost) ;;
    http://*) knows_sums || fail "$url is not https" "use https, or the install.sh of the release, which knows its sums" ;;
    *) fail "$url is no https address" "set AGENT_TRACE_DOWNLOAD_URL to the address of a release" ;;
  esac
  case $downloader:$url in
    wget:https:*)
      if ! knows_sums && wget --help 2>&1 | grep -q BusyBox; then
        fail "BusyBox's wget does not check certificates" "install curl, or use the install.sh of the release, which knows its sums"
      fi
      ;;
  esac
}

# Whether the sums of what is to be installed stand in this script.
knows_sums() {
  [ -n "$release_sums" ] && [ "$version" = "$release_version" ]
}

# download <name> <file>: fails with the tool's own message kept in $temporary/log.
download() {
  case $downloader in
    curl)
      case $url in https:*) only='=https' ;; *) only='=http,https' ;; esac
      curl --fail --silent --show-error --location --proto "$only" --proto-redir "$only" \
        --connect-timeout 20 --speed-time 60 --speed-limit 1 --output "$2" "$url/$1" 2>"$temporary/log"
      ;;
    # No -T: Debian 12's BusyBox crashes at it.
    wget) wget -q -O "$2" "$url/$1" 2>"$temporary/log" ;;
  esac
}

require() {
  download "$1" "$2" && return
  reason=$(tail -n 1 "$temporary/log" 2>/dev/null || true)
  fail "cannot download $url/$1${reason:+ ($reason)}" "check the address, the version and, behind a proxy, HTTPS_PROXY"
}

digest() {
  case $digester in
    sha256sum) sha256sum <"$1" | cut -d ' ' -f 1 ;;
    shasum) shasum -a 256 <"$1" | cut -d ' ' -f 1 ;;
    openssl) openssl dgst -sha256 <"$1" | sed 's/^.*= *//' ;;
  esac
}

# The sum that the archive must have: from this script where it belongs to the release, else from SHA256SUMS.
expected_sum() {
  if knows_sums; then
    sums=$release_sums
  else
    require SHA256SUMS "$temporary/sums"
    sums=$(cat "$temporary/sums")
  fi
  sum=$(printf '%s\n' "$sums" | sed -n "s/^\([0-9a-f]\{64\}\) [ *]$1\$/\1/p" | head -n 1)
  [ -n "$sum" ] || fail "the release's sums do not name $1" "the release may have no build for this machine, or SHA256SUMS is damaged"
}

fetch_program() {
  archive=agent-trace-$target.tar.gz
  expected_sum "$archive"
  say "downloading $url/$archive"
  require "$archive" "$temporary/archive"
  actual=$(digest "$temporary/archive")
  if [ "$actual" != "$sum" ]; then
    fail "$archive is not what the release's sums say: expected $sum, got $actual" "nothing was installed; try again, and if it stays so, tell who runs $url"
  fi
  (cd "$temporary" && gzip -dc archive | tar -xf -) 2>"$temporary/log" || fail "cannot unpack $archive: $(tail -n 1 "$temporary/log")" "is the disk full?"
  program=$temporary/agent-trace-$target/agent-trace
  [ -f "$program" ] || fail "$archive holds no program" "tell who runs $url"
}

# Runs the program before it replaces another; says what the machine lacks where it does not run.
try_program() {
  chmod 755 "$program"
  status=0
  shown=$("$program" --version 2>"$temporary/log") || status=$?
  if [ "$status" = 0 ]; then
    case $shown in
      'agent-trace '*) installed=${shown#agent-trace } ;;
      *) fail "the program does not say that it is agent-trace" "nothing was installed" ;;
    esac
    [ -z "$version" ] || [ "$installed" = "$version" ] ||
      fail "asked for version $version, but $url has $installed" "check AGENT_TRACE_VERSION and AGENT_TRACE_DOWNLOAD_URL"
    return
  fi
  reason=$(grep -v '^[[:space:]]*$' "$temporary/log" | head -n 1 || true)
  hint="nothing was installed"
  case $reason in
    *libstdc++* | *libgcc_s*) hint="install libstdc++ (on Alpine: apk add libstdc++) and run this script again" ;;
    *GLIBC_*) hint="glibc 2.17 or later is needed" ;;
    *ermission\ denied*) hint="programs may not run in $directory: set AGENT_TRACE_INSTALL_DIR to a directory where they may" ;;
  esac
  case $status in
    132)
      reason="illegal instruction"
      hint="the processor must know SSE4.2 (2009 and later); in a virtual machine choose a newer CPU model"
      ;;
    134) [ -e /proc/self ] || hint="mount /proc, which the program needs" ;;
    127) [ -n "$reason" ] || hint="the system lacks the C library that $target needs: set AGENT_TRACE_LIBC to the other one" ;;
  esac
  fail "the program does not run here (exit code $status${reason:+: $reason})" "$hint"
}

# The start file that an earlier run added its line to: uninstalling must still find it after an upgrade.
earlier_path_file() {
  sed -n 's/^  "path_file": "\([^"\\]*\)"$/\1/p' "$directory/.agent-trace-receipt.json" 2>/dev/null | head -n 1
}

# One receipt beside the program, then the rename: a receipt without its program harms nobody, the next run mends it.
put_in_place() {
  noted=${path_file:-$(earlier_path_file)}
  printf '{\n  "schema": "agent-trace.receipt/1",\n  "version": "%s",\n  "target": "%s",\n  "source": "%s",\n  "program_sha256": "%s",\n  "installed_at": "%s",\n  "path_file": "%s"\n}\n' \
    "$installed" "$target" "$source" "$(digest "$program")" "$(date -u +%Y-%m-%dT%H:%M:%SZ)" "$noted" >"$temporary/receipt"
  mv -f "$temporary/receipt" "$directory/.agent-trace-receipt.json"
  mv -f "$program" "$directory/agent-trace" || fail "cannot put the program in place at $directory/agent-trace" "the old one is still there"
}

# The file that the person's shell reads, for --modify-path.
find_path_file() {
  [ "$modify_path" = yes ] || return 0
  case ":${PATH:-}:" in *":$directory:"*) return 0 ;; esac
  [ -n "${HOME:-}" ] || fail "HOME is not set" "leave --modify-path out"
  case ${SHELL:-} in
    */zsh) path_file=${ZDOTDIR:-$HOME}/.zshrc ;;
    */bash) path_file=$HOME/.bashrc ;;
    */fish) path_file=${XDG_CONFIG_HOME:-$HOME/.config}/fish/conf.d/agent-trace.fish ;;
    *) path_file=$HOME/.profile ;;
  esac
  case $path_file in *[\"\\]*) fail "cannot note the name of $path_file" "leave --modify-path out" ;; esac
}

path_line() {
  quoted=$(printf '%s' "$directory" | sed "s/'/'\\\\''/g")
  case ${SHELL:-} in
    */fish) printf "fish_add_path '%s'" "$quoted" ;;
    *) printf "export PATH='%s':\"\$PATH\"" "$quoted" ;;
  esac
}

tell_path() {
  if [ -n "${GITHUB_PATH:-}" ] && ! grep -qxF "$directory" "$GITHUB_PATH" 2>/dev/null; then
    printf '%s\n' "$directory" >>"$GITHUB_PATH" || say "warning: cannot write to GITHUB_PATH"
  fi
  case ":${PATH:-}:" in *":$directory:"*) return ;; esac
  line="$(path_line) # agent-trace"
  if [ -n "$path_file" ]; then
    if ! grep -qxF "$line" "$path_file" 2>/dev/null; then
      mkdir -p "$(dirname "$path_file")"
      printf '%s\n' "$line" >>"$path_file" || fail "installed, but cannot write to $path_file" "add this line yourself: $line"
      say "added to $path_file: $line"
    else
      say "new shells have $directory on PATH: $path_file says so"
    fi
  else
    say "$directory is not on PATH; add this line to your shell's start file:"
    say "  $line"
  fi
}

main() {
  newline='
'
  modify_path=no
  path_file=''
  for word in "$@"; do
    case $word in
      --modify-path) modify_path=yes ;;
      -h | --help)
        say "usage: sh install.sh [--modify-path]"
        say "Installs agent-trace into ~/.local/bin. Variables: AGENT_TRACE_VERSION, AGENT_TRACE_INSTALL_DIR,"
        say "AGENT_TRACE_DOWNLOAD_URL, AGENT_TRACE_INSTALL_BINARY, AGENT_TRACE_LIBC."
        return 0
        ;;
      *) fail "unknown option \`$word\`" "see sh install.sh --help" ;;
    esac
  done
  find_target
  temporary=''
  trap clean_up EXIT
  trap 'exit 130' INT
  trap 'exit 143' TERM
  trap 'exit 129' HUP
  if [ -n "${AGENT_TRACE_INSTALL_BINARY:-}" ]; then
    [ -f "$AGENT_TRACE_INSTALL_BINARY" ] || fail "there is no file $AGENT_TRACE_INSTALL_BINARY" "set AGENT_TRACE_INSTALL_BINARY to the program"
    version=${AGENT_TRACE_VERSION:-}
    url='the file'
    source='file'
    if has sha256sum; then digester=sha256sum; elif has shasum; then digester=shasum; else digester=openssl; fi
    find_directory
    find_path_file
    cp "$AGENT_TRACE_INSTALL_BINARY" "$temporary/agent-trace" || fail "cannot copy $AGENT_TRACE_INSTALL_BINARY to $directory" "is the disk full?"
    program=$temporary/agent-trace
  else
    find_tools
    find_release
    find_directory
    find_path_file
    fetch_program
    source=$url/$archive
  fi
  try_program
  put_in_place
  say "installed agent-trace $installed: $directory/agent-trace"
  tell_path
  say "next: \`agent-trace init\` in a repository"
  say "uninstall: \`agent-trace self uninstall\`, with --dry-run to see what it would remove"
}

# In braces: cut off anywhere, this is no command.
{ main "$@"; }
