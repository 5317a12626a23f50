# shellcheck shell=bash disable=SC2154  # system, kernel, base, python, engine and fonts are set by build-iso.sh
# The initrd: a compressed archive of the distribution, made once, and behind it one of our own files. In front is a small
# one for the case that the others do not come whole. The kernel unpacks one after the other.

# All files of the distribution carry this date, the oldest that FAT knows: their own dates say nothing, cost space, and
# would differ with every build. Our files carry SOURCE_DATE_EPOCH.
readonly distribution_date=315532800

# make_base DIRECTORY: fills it with base.cpio.zst, out of the system and the kernel's root.
make_base() {
  local directory=$1 root=$1/root
  cp -a "$system" "$root"
  cp -a "$kernel/root/." "$root"
  compile_python "$root" /usr/lib/python3.13
  archive "$root" "$distribution_date" "$directory/base.cpio.zst"
  rm -r "$root"
}

# make_initrd DIRECTORY FILE: writes FILE; DIRECTORY is for what is needed on the way.
make_initrd() {
  local directory=$1 file=$2 root=$1/root
  mkdir -p "$root/usr/lib/wyrcan" "$root/usr/share/consolefonts"
  cp -r iso/overlay/. "$root"
  cp "$fonts"/*.psf "$root/usr/share/consolefonts"
  # systemd sets a clock that is behind this file's date to it
  touch "$root/usr/lib/clock-epoch"
  cp -r "$python/." "$engine/." wyrcan_tui "$root/usr/lib/wyrcan"
  (cd "$root/usr/lib/wyrcan" && rm "${engine_modules[@]}")
  # One copy of the certificate authorities: Debian's
  ln -sf /etc/ssl/certs/ca-certificates.crt "$root/usr/lib/wyrcan/certifi/cacert.pem"
  chown -R root:root "$root"
  chmod -R u=rwX,go=rX "$root"
  compile_python "$root" /usr/lib/wyrcan
  archive "$root" "$SOURCE_DATE_EPOCH" "$directory/own.cpio.zst"
  make_incomplete "$directory" >"$directory/incomplete.cpio"
  cat "$directory/incomplete.cpio" "$base/base.cpio.zst" "$directory/own.cpio.zst" >"$directory/initrd"
  # In one step: the old one may be served just now
  mv "$directory/initrd" "$file"
}

# make_incomplete DIRECTORY: prints the archive with the /init of an initrd that is not whole.
make_incomplete() {
  local directory=$1
  mkdir "$directory/incomplete"
  cp iso/incomplete.s "$directory/"
  in_tools "$directory" as -o incomplete.o incomplete.s
  in_tools "$directory" ld --strip-all -z noseparate-code -o incomplete/init incomplete.o
  touch --date="@$distribution_date" "$directory/incomplete/init"
  in_tools "$directory/incomplete" bash -euc \
    'echo init | cpio --create --format=newc --reproducible --quiet --owner=+0:+0'
}

# compile_python ROOT PATH: replaces the Python sources below PATH in ROOT by compiled files, which are used unchecked.
# That halves their size and the time to start.
compile_python() {
  local root=$1 path=$2
  find "$root$path" -name __pycache__ -prune -exec rm -r {} +
  # Without -B the first run would leave the tools' own modules compiled, and every later one give other bytes
  in_tools "$root" env PYTHONHASHSEED=0 python3 -B -m compileall -q -b \
    --invalidation-mode unchecked-hash -s /mnt "/mnt$path"
  find "$root$path" -name '*.py' -delete
}

# archive ROOT DATE FILE: packs ROOT as an initramfs, the same bytes for the same content.
archive() {
  local root=$1 date=$2 file=$3
  find "$root" -exec touch --no-dereference --date="@$date" {} +
  in_tools "$root" bash -euc -o pipefail '
    find . -mindepth 1 -print0 | sort -z | cpio --null --create --format=newc --reproducible --quiet |
      zstd --quiet --ultra -22 --long=27
  ' >"$file"
}
