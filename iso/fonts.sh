# shellcheck shell=bash
# The fonts of the screen: Terminus in three sizes, as Debian cuts it for the Linux console, with box drawing, arrows and
# blocks among its 256 characters. With 512 the console would lose half of its colours in text mode. Lines as thin as those
# of the lighter weight are hard to read on a large screen.

# make_fonts DIRECTORY: fills it with a PSF file for each size, by the width and the height of a character.
make_fonts() {
  local directory=$1 all=$1/all size
  debian_root extract iso/fonts.list "$all"
  for size in 16 24x12 32x16; do
    # Not compressed: the initrd is, as a whole, and better so
    gzip --decompress --stdout "$all/usr/share/consolefonts/Lat15-TerminusBold$size.psf.gz" >"$directory/Terminus$size.psf"
  done
  rm -r "$all"
}
