# shellcheck shell=bash disable=SC2154  # tools and output are set by build-iso.sh
# The ISO: one file that boots as a DVD and as a USB stick, with BIOS, UEFI and Secure Boot.

# make_image DIRECTORY FILE: writes FILE out of the kernel and the initrd in the output folder.
make_image() {
  local directory=$1 file=$2 disc=$1/disc date
  mkdir -p "$disc"/{.disk,boot/grub} "$directory"/esp/{EFI/BOOT,boot/grub}
  # Debian's signed GRUB takes a medium with this file for its own, should it not find the ESP's configuration
  echo "Wyrcan TUI" >"$disc/.disk/info"
  cp grub/grub.cfg "$disc/boot/grub/"
  cp "$output/wyrcan.kernel" "$output/wyrcan.initrd" "$disc/boot/"

  cp grub/early.cfg "$directory/"
  in_tools "$directory" grub-mkimage --format=i386-pc-eltorito --prefix=/boot/grub --config=early.cfg \
    --output=disc/boot/grub/bios.img \
    biosdisk configfile echo fat halt iso9660 linux minicmd normal part_gpt part_msdos reboot search serial sleep \
    terminal test

  cp "$tools/usr/lib/shim/shimx64.efi.signed" "$directory/esp/EFI/BOOT/BOOTX64.EFI"
  cp "$tools/usr/lib/shim/mmx64.efi.signed" "$directory/esp/EFI/BOOT/mmx64.efi"
  cp "$tools/usr/lib/grub/x86_64-efi-signed/gcdx64.efi.signed" "$directory/esp/EFI/BOOT/grubx64.efi"
  cp grub/esp.cfg "$directory/esp/boot/grub/grub.cfg"
  in_tools "$directory" mkfs.fat -C -F 12 -n WYRCAN-ESP -i 57595243 --invariant esp.img 8192 >/dev/null
  in_tools "$directory" mcopy -s -i esp.img esp/EFI esp/boot ::

  date=$(date --utc --date="@$SOURCE_DATE_EPOCH" +%Y%m%d%H%M%S00)
  find "$disc" -exec touch --date="@$SOURCE_DATE_EPOCH" {} +
  in_tools "$directory" xorriso -report_about WARNING -as mkisofs -quiet -output wyrcan.iso -volid WYRCAN \
    -rational-rock -joliet -iso-level 3 --modification-date="$date" \
    -eltorito-boot boot/grub/bios.img -no-emul-boot -boot-load-size 4 -boot-info-table --grub2-boot-info \
    --grub2-mbr /usr/lib/grub/i386-pc/boot_hybrid.img --mbr-force-bootable \
    -partition_offset 16 -append_partition 2 C12A7328-F81F-11D2-BA4B-00A0C93EC93B esp.img -appended_part_as_gpt \
    -eltorito-alt-boot -e --interval:appended_partition_2:all:: -no-emul-boot \
    disc
  mv "$directory/wyrcan.iso" "$file"
}
