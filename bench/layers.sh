#!/usr/bin/env bash
# mmdebstrap's customize hook for bench/image.sh: bench/layers.sh ROOT FOLDER
# Packs ROOT, a Debian that has just been installed, and what is then done to it, as layers: FOLDER/*.tar.
set -euo pipefail

root=$1
folder=$2
kernel=(linux-image-amd64 tiny-initramfs)
userland=(
  openssh-server gcc libc6-dev make git rsync tmux vim-tiny
  python3-pip python3-venv python3-cryptography python3-jinja2 python3-requests python3-yaml
)

# pack NAME: what has changed in the root since the last call becomes the layer NAME.
pack() {
  local since=()
  [[ -e $folder/packed ]] && since=(-cnewer "$folder/packed")
  # Nobody wants the downloads in an image, and the policy is mmdebstrap's own, against daemons that start here.
  (cd "$root" && find . -xdev \( -path './dev/*' -o -path './run/*' -o -path './tmp/*' -o -path './var/cache/apt/*' \
    -o -path './var/lib/apt/lists/*' -o -path ./usr/sbin/policy-rc.d \) -prune -o "${since[@]}" -print0) |
    LC_ALL=C sort --zero-terminated |
    tar --create --file "$folder/$1.tar" --directory "$root" --numeric-owner --no-recursion --null --files-from=-
  touch "$folder/packed"
  # A file that changes in the same tick of the clock would be missed.
  sleep 0.1
}

install_packages() {
  APT_CONFIG=$MMDEBSTRAP_APT_CONFIG DEBIAN_FRONTEND=noninteractive apt-get --quiet=2 --yes --no-install-recommends \
    --option Dpkg::Use-Pty=false --option DPkg::Chroot-Directory="$root" install "$@"
}

# The top layer has what only layers have: it takes away, replaces, and links into the layers below it.
pack_top() {
  local top=$folder/top
  mkdir -p "$top"/usr/bin "$top"/usr/share/git-core "$top"/usr/local/bin
  cp --archive "$root/etc" "$top"
  echo bench >"$top/etc/hostname"
  rm "$top"/etc/ssh/ssh_host_*
  touch "$top/etc/ssh/.wh..wh..opq"
  touch "$top/usr/share/.wh.doc" "$top/usr/share/.wh.locale" "$top/usr/share/git-core/.wh.contrib"
  local name
  for name in git python3.13 ssh; do
    cp --preserve "$root/usr/bin/$name" "$top/usr/bin"
    ln "$top/usr/bin/$name" "$top/usr/local/bin/our-$name"
  done
  tar --create --file "$folder/top.tar" --directory "$top" --numeric-owner --sort=name .
  tar --delete --file "$folder/top.tar" ./usr/bin/git ./usr/bin/python3.13 ./usr/bin/ssh
}

# The configuration of a kernel that unpacks no zstd, so that the initrd is written uncompressed.
pack_plain() {
  mkdir -p "$folder/plain/boot"
  local config
  for config in "$root"/boot/config-*; do
    grep --invert-match --extended-regexp '^CONFIG_RD_(LZ4|ZSTD)=' "$config" >"$folder/plain/boot/${config##*/}"
  done
  tar --create --file "$folder/plain.tar" --directory "$folder/plain" --numeric-owner --sort=name .
}

pack base
install_packages "${kernel[@]}"
# The whole root is the initrd.
rm -f "$root"/initrd.img* "$root"/boot/initrd.img-*
pack kernel
install_packages "${userland[@]}"
pack userland
pack_top
pack_plain
