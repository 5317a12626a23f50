#!/usr/bin/env bash
# Shows the whole of it on this machine: a registry with a bootable image, and a virtual machine that boots our ISO.
# `./build-iso.sh --boot` ends here.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
# shellcheck source=iso/needs.sh
. iso/needs.sh

readonly iso=build/wyrcan.iso demo=build/demo
readonly firmware=/usr/share/OVMF/OVMF_CODE_4M.fd variables=/usr/share/OVMF/OVMF_VARS_4M.fd
readonly window_module=/usr/lib/x86_64-linux-gnu/qemu/ui-gtk.so
readonly host_seen_by_guest=10.0.2.2

usage() {
  cat <<END
Usage: iso/demo.sh [--bios] [--window] [--forget]

Boots $iso in QEMU, beside a registry with a demo image in it. EFI variables are kept between runs, so a choice
that was saved boots by itself the next time.

  --bios    an old machine: BIOS instead of UEFI
  --window  a machine with a screen and no serial port, instead of one on the serial port in this terminal
  --forget  start anew: a machine that has never saved a choice
  --help    this text
END
}

fail() {
  echo "demo: $1" >&2
  exit "${2:-1}"
}

# --- what is asked for

bios='' window='' forget=''
while (($#)); do
  case $1 in
    --bios) bios=yes ;;
    --window) window=yes ;;
    --forget) forget=yes ;;
    --help)
      usage
      exit
      ;;
    *) fail "unknown option $1; see --help" 2 ;;
  esac
  shift
done

has_display() { [[ -n ${DISPLAY:-} || -n ${WAYLAND_DISPLAY:-} ]]; }

# --- what it takes

check_files() {
  [[ -e $iso ]] || fail "there is no $iso yet: run ./build-iso.sh --boot, it builds it first"
  mkdir -p "$demo" 2>/dev/null || true
  [[ -w $demo ]] || fail "$(id -un) may not write to $demo: run this as $(stat -c %U build), or remove the directory"
}

install_tools() {
  need mmdebstrap mmdebstrap "makes the demo image's Debian root"
  need umoci umoci "makes an OCI image of that root"
  need skopeo skopeo "pushes the image to the registry"
  need docker-registry docker-registry "serves the image, on loopback only"
  need xorriso xorriso "puts the registry's address on a copy of the ISO"
  need qemu-system-x86_64 qemu-system-x86 "is the machine that boots"
  need "$firmware" ovmf "is the machine's UEFI firmware"
  if [[ $window ]] && has_display; then
    need "$window_module" qemu-system-gui "opens the machine's window"
  fi

  local registry_was_here=yes
  command -v docker-registry >/dev/null || registry_was_here=''
  install_needs
  # Debian's package starts a registry for the whole network; nobody asked for that one.
  if [[ ! $registry_was_here && -d /run/systemd/system ]]; then
    systemctl disable --now --quiet docker-registry
  fi
}

# --- the registry

port_is_free() { ! (exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null; }

# free_port FIRST: the first port from FIRST on that nobody listens on.
free_port() {
  local port=$1
  until port_is_free "$port"; do ((++port)); done
  echo "$port"
}

# The port is part of the reference that the machine saves, so it stays the same from run to run.
choose_port() {
  [[ -e $demo/port ]] || free_port 5000 >"$demo/port"
  port=$(<"$demo/port")
  port_is_free "$port" || fail "port $port is taken, perhaps by a demo that still runs in another terminal. The machine's
saved choice names that port: end the other program, or start anew on another port with --forget"
}

start_registry() {
  REGISTRY_HTTP_ADDR=127.0.0.1:$port REGISTRY_STORAGE_FILESYSTEM_ROOTDIRECTORY=$demo/registry \
    docker-registry serve iso/demo/registry.yml >"$demo/registry.log" 2>&1 </dev/null &
  registry=$!
  while port_is_free "$port"; do
    kill -0 "$registry" 2>/dev/null || fail "the registry did not start: $(tail -n 1 "$demo/registry.log")"
    sleep 0.1
  done
}

push_image() {
  local tag
  for tag in $(umoci ls --layout "$demo/oci"); do
    skopeo --insecure-policy copy --quiet --dest-tls-verify=false \
      "oci:$demo/oci:$tag" "docker://127.0.0.1:$port/demo/debian:$tag" ||
      fail "the image could not be pushed to the registry; its own words are in $demo/registry.log"
  done
}

# --- the machine

make_medium() {
  echo "{\"registries\": [\"http://$host_seen_by_guest:$port\"]}" >"$demo/wyrcan.json"
  rm -f "$demo/wyrcan.iso"
  xorriso -indev "$iso" -outdev "$demo/wyrcan.iso" -boot_image any replay \
    -map "$demo/wyrcan.json" /wyrcan.json >"$demo/xorriso.log" 2>&1 ||
    fail "the registry's address could not be put on a copy of the ISO; see $demo/xorriso.log"
}

# Neither the device node nor a machine that starts proves anything: firmware has to run on it until it speaks.
kvm_works() {
  local trial words
  exec 3< <(exec timeout 60 qemu-system-x86_64 -nodefaults -machine q35,accel=kvm -cpu host -m 256 \
    -display none -serial stdio \
    -drive "if=pflash,format=raw,readonly=on,file=$firmware" \
    -drive "if=pflash,format=raw,snapshot=on,file=$variables" 2>&1 </dev/null)
  trial=$!
  words=$(grep --text --only-matching --max-count=1 -e BdsDxe -e "KVM internal error" <&3 || true)
  exec 3<&-
  kill "$trial" 2>/dev/null || true
  [[ $words == BdsDxe ]]
}

describe_machine() {
  machine=(
    -name "Wyrcan demo" -machine q35 -smp 2 -m 2G -parallel none
    -drive "if=none,id=stick,format=raw,readonly=on,file=$demo/wyrcan.iso"
    -device qemu-xhci -device "usb-storage,drive=stick,removable=on,bootindex=0"
    -nic "user,model=virtio-net-pci"
  )
  if kvm_works; then
    machine+=(-accel kvm -cpu host)
  else
    machine+=(-accel tcg -cpu max)
    echo "KVM does not work here, so the machine is emulated: the menu takes a minute or two."
  fi
  if [[ ! $bios ]]; then
    [[ -e $demo/efi-variables ]] || cp "$variables" "$demo/efi-variables"
    machine+=(
      -drive "if=pflash,format=raw,readonly=on,file=$firmware"
      -drive "if=pflash,format=raw,file=$demo/efi-variables"
    )
  fi
  if [[ ! $window ]]; then
    machine+=(-display none -serial mon:stdio)
    echo "The machine's serial port is this terminal. To leave: Ctrl-A, then X."
    hint_at_small_terminal
  elif has_display; then
    machine+=(-serial none -monitor none -display gtk)
    echo "The machine's screen is a window. To leave: close it."
  else
    local screen
    screen=$(free_port 5900)
    machine+=(-serial none -monitor none -vnc "127.0.0.1:$((screen - 5900))")
    echo "There is no display here to open a window on (DISPLAY and WAYLAND_DISPLAY are unset)."
    echo "Look at the machine's screen with a VNC viewer instead, at 127.0.0.1:$screen. To leave: Ctrl-C."
  fi
}

hint_at_small_terminal() {
  local rows columns
  read -r rows columns < <(stty size 2>/dev/null) || return 0
  if ((rows < 24 || columns < 80)); then
    echo "This terminal has $columns columns and $rows rows; the menu needs 80 and 24. Make it larger now."
  fi
}

# --- run, and leave nothing behind

registry='' qemu='' terminal=''
clean_up() {
  local process
  for process in $qemu $registry; do
    if kill "$process" 2>/dev/null; then
      wait "$process" || true
    fi
  done
  restore_terminal
}

restore_terminal() {
  [[ $terminal ]] || return 0
  stty "$terminal"
  # What the guest may have switched on goes off: alternate screen, mouse, bracketed paste. The cursor and the wrapping
  # of long lines come back.
  printf '\e[!p\e[?1049l\e[?1000l\e[?1002l\e[?1003l\e[?1006l\e[?2004l\e[?25h\e[?7h\n'
  terminal=''
}

check_files
install_tools
if [[ $forget ]]; then
  rm -f "$demo/port" "$demo/efi-variables"
fi
choose_port
# The ISO's date changes with every commit; the image has its own, or it would be built again each time.
env -u SOURCE_DATE_EPOCH examples/debian/build.sh --output "$demo/oci"

trap clean_up EXIT
start_registry
echo "The registry serves demo/debian at http://127.0.0.1:$port; the machine sees it as $host_seen_by_guest:$port."
push_image
make_medium
describe_machine

if [[ ! $window && -t 0 ]]; then
  terminal=$(stty -g)
fi
# In the background, so that a signal to this script ends the machine at once; `<&0` keeps the terminal its input.
qemu-system-x86_64 "${machine[@]}" <&0 &
qemu=$!
result=0
wait "$qemu" || result=$?
qemu=''
restore_terminal # before anything is said, or it would be lost with the guest's screen
((result == 0)) || fail "QEMU ended with an error ($result), see above"
echo "The demo has ended. ./build-iso.sh --boot starts the same machine again, --boot --forget a new one."
