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

# make_net DIRECTORY NET: puts all that a TFTP or HTTP server needs into the folder NET; what else is there, words for
# machines above all, stays.
make_net() {
  local directory=$1 net=$2 file
  mkdir -p "$directory/files/grub" "$net/grub"
  cp "$output"/wyrcan.{kernel,initrd,efi} iso/boot.ipxe "$directory/files/"
  cp iso/boot.ipxe "$output/"
  cp grub/grub.cfg "$directory/files/grub/"
  cp "$tools/usr/lib/shim/shimx64.efi.signed" "$directory/files/shimx64.efi"
  # The name that shim asks for
  cp "$tools/usr/lib/grub/x86_64-efi-signed/grubnetx64.efi.signed" "$directory/files/grubx64.efi"
  in_tools "$directory" grub-mkimage --format=i386-pc-pxe --prefix=/grub --output=bios.pxe \
    configfile echo halt linux minicmd normal pxe reboot serial sleep terminal test tftp
  mv "$directory/bios.pxe" "$directory/files/"
  chmod -R u=rwX,go=rX "$directory/files"
  # One by one and each in one step: machines may be loading them just now
  (cd "$directory/files" && find . -type f) | while read -r file; do
    mv "$directory/files/$file" "$net/$file"
  done
}
