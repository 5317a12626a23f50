# shellcheck shell=bash
# What a script needs from the host: ask for each thing with `need`, then fetch what is missing, once, with `install_needs`.
#
#     . iso/needs.sh
#     need mmdebstrap mmdebstrap "makes the Debian root"
#     install_needs

missing_packages=()
missing_reasons=()

# need WHAT PACKAGE REASON: WHAT is a command, or the path of a file when it starts with a slash.
need() {
  local what=$1 package=$2 reason=$3
  if [[ $what == /* ]]; then
    [[ -e $what ]] && return
  else
    command -v "$what" >/dev/null && return
  fi
  missing_packages+=("$package")
  missing_reasons+=("  $package: $reason")
}

install_needs() {
  ((${#missing_packages[@]})) || return 0
  {
    echo "This machine lacks:"
    printf '%s\n' "${missing_reasons[@]}"
  } >&2
  if ! command -v apt-get >/dev/null; then
    echo "There is no apt-get here to install that with. Use Debian 12, Debian 13 or Ubuntu 24.04." >&2
    return 1
  fi
  if ((EUID != 0)); then
    echo "Only root can install that: run this again as root, or run: apt-get install ${missing_packages[*]}" >&2
    return 1
  fi
  echo "Installing it with apt-get." >&2
  if ! apt-get -qq update >&2 ||
    ! DEBIAN_FRONTEND=noninteractive apt-get -qq install --no-install-recommends "${missing_packages[@]}" >&2; then
    echo "apt-get failed, see above. Check the network and the package sources, then run this again." >&2
    return 1
  fi
  missing_packages=()
  missing_reasons=()
}
