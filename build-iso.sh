#!/bin/bash
# Build the Wyrcan ISO, and boot it on request. See --help.

set -euo pipefail
shopt -s inherit_errexit
umask 022
export LC_ALL=C TZ=UTC
project=$(dirname "$(readlink -f "$0")")
readonly project
readonly fallback_epoch=1767225600 # 2026-01-01, where git cannot tell a date
readonly needed_mib=1800

usage() {
  cat <<'END'
Usage: ./build-iso.sh [--output DIR] [--oci] [--boot [--bios] [--window] [--forget]]

Builds build/wyrcan.iso, build/wyrcan.kernel and build/wyrcan.initrd, as root, on Debian 12 or 13 or Ubuntu 24.04; for
starting over the network also build/wyrcan.efi, build/boot.ipxe and build/net, the folder to serve.
What the build lacks is installed with apt-get. What comes from Debian is kept in build/cache; remove that folder
to build with newer packages.

  --output DIR  build into DIR instead of build
  --oci         also build wyrcan.oci: an OCI archive of the same system, a container image that Wyrcan boots
  --boot        then boot the ISO in a virtual machine, with a demo image to pick, the menu in this terminal
    --bios      with BIOS instead of UEFI firmware
    --window    in a window instead of this terminal
    --forget    with empty EFI variables: without the choice that an earlier --boot has saved
  --help        show this

SOURCE_DATE_EPOCH sets the date of everything inside; without it that is the date of the last commit. The same date,
sources and Debian packages give the same bytes.
END
}

# fail WHAT HINT: says what went wrong and what to do, and ends the build.
fail() {
  printf 'build-iso.sh: %s\n  %s\n' "$1" "$2" >&2
  exit 1
}

refuse() {
  printf 'build-iso.sh: %s\n  See ./build-iso.sh --help\n' "$1" >&2
  exit 2
}

say() {
  printf '==> %s\n' "$*" >&2
}

# listed FILE: the entries of one of our lists, without comments and empty lines.
listed() {
  sed -e 's/#.*//' -e 's/[[:space:]]*$//' -e '/^$/d' "$1"
}

# cached NAME INPUT...: prints the directory that make_NAME has filled, now or in an earlier build with the same INPUTs,
# which are files and the directories of other steps.
cached() {
  local name=$1 input directory
  shift
  directory=$output/cache/$name-$(for input; do
    if [[ -d $input ]]; then basename "$input"; else sha256sum "$input"; fi
  done | sha256sum | cut -c 1-16)
  if [[ ! -d $directory ]]; then
    say "Making $name"
    rm -rf "$output/cache/$name"-*
    mkdir "$work/$name"
    "make_$name" "$work/$name" >&2
    mv "$work/$name" "$directory"
  fi
  echo "$directory"
}

output=$project/build
oci=false
boot=false
boot_options=()
while (($#)); do
  case $1 in
    --help)
      usage
      exit
      ;;
    --output)
      [[ -n ${2:-} ]] || refuse "--output needs a directory."
      output=$(realpath --canonicalize-missing "$2")
      shift
      ;;
    --oci) oci=true ;;
    --boot) boot=true ;;
    --bios | --window | --forget) boot_options+=("$1") ;;
    *) refuse "there is no option '$1'." ;;
  esac
  shift
done
$boot || ((${#boot_options[@]} == 0)) || refuse "${boot_options[0]} needs --boot."
$boot && [[ $output != "$project/build" ]] && refuse "--boot boots what is in build, so it goes without --output."

cd "$project"
for source in debian system kernel python engine fonts initrd image net oci needs; do
  # shellcheck source=/dev/null
  . "iso/$source.sh"
done

((EUID == 0)) || fail "building a root filesystem takes root." "Run it with sudo, or in a container as root."
[[ $(uname -m) == x86_64 ]] || fail "this machine is $(uname -m); the ISO is built on x86_64." "Build on an x86_64 machine."
unshare --mount true 2>/dev/null ||
  fail "this machine forbids mounting." "In a container, allow it: docker run --privileged, or podman run --privileged."
if [[ -z ${SOURCE_DATE_EPOCH:-} ]] && ! SOURCE_DATE_EPOCH=$(git log -1 --format=%ct 2>&1); then
  say "git cannot tell the date of the last commit, so everything in the ISO gets $(date --date="@$fallback_epoch" +%F):
    ${SOURCE_DATE_EPOCH%%$'\n'*}"
  SOURCE_DATE_EPOCH=$fallback_epoch
fi
[[ $SOURCE_DATE_EPOCH =~ ^[0-9]+$ ]] ||
  fail "SOURCE_DATE_EPOCH is '$SOURCE_DATE_EPOCH'." "It has to be a number of seconds since 1970, as of: date +%s"
export SOURCE_DATE_EPOCH
mkdir -p "$output/cache" || fail "$output cannot be made." "Choose another place with --output."
free_mib=$(df --output=avail --block-size=1M "$output" | tail -n 1)
((free_mib >= needed_mib)) ||
  fail "$output has $free_mib MiB free, the build takes $needed_mib." "Free some space, or choose another place with --output."

need mmdebstrap mmdebstrap "unpacks the Debian packages that the ISO is made of"
need /usr/share/keyrings/debian-archive-keyring.gpg debian-archive-keyring "checks their signatures"
need pip3 python3-pip "fetches the Python packages that the menu needs"
install_needs

exec {lock}>"$output/cache/lock"
flock --nonblock "$lock" || {
  say "Waiting for another build into $output to end"
  flock "$lock"
}
rm -rf "$output"/.work.*
work=$(mktemp -d "$output/.work.XXXXXX")
trap 'rm -rf "$work"' EXIT
trap 'exit 130' INT TERM HUP

# shellcheck disable=SC2034  # the sourced files use these
{
  tools=$(cached tools iso/tools.list iso/debian.sh)
  system=$(cached system iso/system.list iso/remove.list iso/debian.sh iso/system.sh)
  kernel=$(cached kernel iso/kernel.list iso/modules.list iso/debian.sh iso/kernel.sh "$tools")
  base=$(cached base iso/initrd.sh "$system" "$kernel" "$tools")
  python=$(cached python requirements.lock iso/python.sh "$tools")
  compiler=$(cached compiler requirements-dev.lock iso/engine.sh iso/python.sh "$tools")
  # What the modules import lies on the floors below them
  engine=$(cached engine iso/engine.sh wyrcan_tui/{__init__,errors,progress,texts}.py wyrcan_tui/{image,kernel,oci}/*.py \
    "$tools" "$compiler")
  fonts=$(cached fonts iso/fonts.list iso/debian.sh iso/fonts.sh)
}

say "Making wyrcan.kernel and wyrcan.initrd"
install -m 644 "$kernel/vmlinuz" "$output/wyrcan.kernel"
mkdir "$work/initrd"
make_initrd "$work/initrd" "$output/wyrcan.initrd"

say "Making wyrcan.iso"
mkdir "$work/image"
make_image "$work/image" "$output/wyrcan.iso"

say "Making wyrcan.efi and net"
mkdir "$work/efi" "$work/net"
make_efi "$work/efi" "$output/wyrcan.efi"
make_net "$work/net" "$output/net"
if $oci; then
  say "Making wyrcan.oci"
  mkdir "$work/oci"
  make_oci "$work/oci" "$work/initrd/own.cpio.zst" "$output/wyrcan.oci"
fi
(cd "$output" && du -h --apparent-size wyrcan.iso wyrcan.kernel wyrcan.initrd)

if $boot; then
  rm -rf "$work"
  exec {lock}>&-
  exec iso/demo.sh "${boot_options[@]}"
fi
