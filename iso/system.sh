# shellcheck shell=bash
# The system that runs from RAM, without what nobody needs there.

# make_system DIRECTORY: fills it with the root of the system.
make_system() {
  local root=$1
  debian_root essential iso/system.list "$root"
  remove_unneeded "$root"
}

# remove_unneeded ROOT: takes out what remove.list names. A name that is not there is an error: the list has to stay true.
remove_unneeded() {
  local root=$1 name path
  local -a found
  while read -r name; do
    if [[ $name == */* ]]; then
      mapfile -t found < <(compgen -G "$root/$name")
    else
      mapfile -t found < <(compgen -G "$root/var/lib/dpkg/info/$name.list" ||
        compgen -G "$root/var/lib/dpkg/info/$name:amd64.list")
    fi
    ((${#found[@]})) || fail "iso/remove.list names $name, which Debian no longer has." "Correct or remove that line."
    if [[ $name == */* ]]; then
      rm -r "${found[@]}"
      continue
    fi
    while read -r path; do
      # Folders are shared between packages; so are /bin, /lib and /sbin, which are links to folders
      [[ -d $root$path ]] || rm -f "$root$path"
    done <"${found[0]}"
  done < <(listed iso/remove.list)
}
