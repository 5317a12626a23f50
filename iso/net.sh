# shellcheck shell=bash disable=SC2154  # tools and output are set by build-iso.sh
# What machines load over the network: by PXE, iPXE and UEFI HTTP boot.

# make_efi DIRECTORY FILE: writes FILE, a unified kernel image: one program for UEFI firmware with kernel and initrd in it.
make_efi() {
  local directory=$1 file=$2
  ln "$output/wyrcan.kernel" "$output/wyrcan.initrd" "$directory/"
  in_tools "$directory" ukify build --linux=wyrcan.kernel --initrd=wyrcan.initrd --cmdline="quiet panic=60" \
    --os-release=$'ID=wyrcan\nNAME="Wyrcan TUI"\nPRETTY_NAME="Wyrcan TUI"' --efi-arch=x64 \
    --stub=/usr/lib/systemd/boot/efi/linuxx64.efi.stub --output=wyrcan.efi >/dev/null
  mv "$directory/wyrcan.efi" "$file"
}

# make_net DIRECTORY NET: fills the folder NET with all that a TFTP or HTTP server needs to have.
make_net() {
  local directory=$1 net=$2
  rm -rf "$net"
  mkdir -p "$net/grub"
  ln "$output"/wyrcan.{kernel,initrd,efi} "$net/"
  install -m 644 iso/boot.ipxe "$output/boot.ipxe"
  ln "$output/boot.ipxe" "$net/"
  cp grub/grub.cfg "$net/grub/"
  cp "$tools/usr/lib/shim/shimx64.efi.signed" "$net/shimx64.efi"
  # The name that shim asks for
  cp "$tools/usr/lib/grub/x86_64-efi-signed/grubnetx64.efi.signed" "$net/grubx64.efi"
  in_tools "$directory" grub-mkimage --format=i386-pc-pxe --prefix=/grub --output=bios.pxe \
    configfile echo halt linux minicmd normal pxe reboot serial sleep terminal test tftp
  mv "$directory/bios.pxe" "$net/"
}
