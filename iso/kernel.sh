# shellcheck shell=bash
# The kernel with the modules of modules.list and the firmware that these name.

# make_kernel DIRECTORY: fills it with vmlinuz, its config-VERSION and root/usr/lib/{modules,firmware}.
make_kernel() {
  local directory=$1 all=$1/all root=$1/root version
  debian_root extract iso/kernel.list "$all"
  version=$(basename "$all"/usr/lib/modules/*)
  mv "$all/boot/vmlinuz-$version" "$directory/vmlinuz"
  mv "$all/boot/config-$version" "$directory/"
  mkdir -p "$root/usr/lib/modules/$version" "$root/usr/lib/firmware"
  # depmod knows the old path alone
  ln -sfn usr/lib "$all/lib"
  ln -s usr/lib "$root/lib"

  in_tools "$all" depmod -b /mnt "$version"
  copy_modules "$all/lib/modules/$version" "$root/lib/modules/$version"
  in_tools "$root" depmod -b /mnt "$version"
  copy_firmware "$all/usr/lib/firmware" "$root/usr/lib/firmware" "$root/lib/modules/$version"

  # depmod's tables in text; the loader reads the binary ones
  rm "$root/lib/modules/$version"/modules.{alias,builtin,dep,order,symbols}
  rm "$root/lib"
  rm -r "$all"
}

# copy_modules FROM TO: the modules that modules.list names and those they depend on, unpacked: the initrd is compressed
# as a whole, and better so.
copy_modules() {
  local from=$1 to=$2 pattern
  local -a kept
  while read -r pattern; do
    compgen -G "$from/kernel/$pattern.xz" || find "$from/kernel/$pattern" -name '*.ko.xz' 2>/dev/null ||
      fail "iso/modules.list names $pattern, but this kernel has no such module." "Correct or remove that line."
  done < <(listed iso/modules.list) | sed "s|^$from/||" >"$to/wanted"
  # modules.dep names for each module all that it needs, directly or not: "a.ko.xz: b.ko.xz c.ko.xz"
  mapfile -t kept < <(awk 'NR == FNR { wanted[$1]; next } { sub(":", "", $1) } $1 in wanted { $1 = $1; print }' \
    "$to/wanted" "$from/modules.dep" | tr ' ' '\n' | sort -u)
  rm "$to/wanted"
  (cd "$from" && cp --parents "${kept[@]}" modules.{builtin,builtin.modinfo,order} "$to")
  in_tools "$to" find . -name '*.ko.xz' -exec xz --decompress {} +
}

# copy_firmware FROM TO MODULES: what the modules below MODULES name. A name may be a pattern ("nfp/*.nffw"), and a file
# may be a link to another name.
copy_firmware() {
  local from=$1 to=$2 modules=$3 name
  local -a missing=()
  in_tools "$modules" find . -name '*.ko' -exec modinfo -F firmware {} + | sort -u >"$to/names"
  while read -r name; do
    compgen -G "$from/$name" || missing+=("$name")
  done <"$to/names" >"$to/named"
  xargs --delimiter="\n" realpath --canonicalize-existing <"$to/named" >"$to/files"
  sort -u "$to/named" "$to/files" | sed "s|^$from/||" |
    (cd "$from" && xargs --delimiter="\n" cp --parents --no-dereference --target-directory="$to")
  rm "$to/names" "$to/named" "$to/files"
  ((${#missing[@]} == 0)) || say "Firmware that modules name and none of these packages has: ${missing[*]}"
}
