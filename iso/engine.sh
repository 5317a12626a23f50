# shellcheck shell=bash disable=SC2154  # tools and compiler are set by build-iso.sh
# The modules of the engine that have to do with each single entry of an image, compiled: the same code, in half the time.
# What brings the pieces of a layer (wyrcan_tui/image/layers.py) must not be among them: compiled code gives other threads,
# and signals, their turn only where it comes by some that is not.

# shellcheck disable=SC2034  # iso/initrd.sh uses it, too
readonly engine_modules=(
  wyrcan_tui/image/bootable.py
  wyrcan_tui/image/draft.py
  wyrcan_tui/image/field.py
  wyrcan_tui/image/initrd.py
  wyrcan_tui/image/merge.py
  wyrcan_tui/image/metadata.py
  wyrcan_tui/image/names.py
  wyrcan_tui/image/rootfs.py
  wyrcan_tui/image/tar.py
  wyrcan_tui/image/tree.py
  wyrcan_tui/kernel/cpio.py
)

# The compiler and what it needs, of the versions that requirements-dev.lock has for the tests: older ones leak memory.
readonly compiler_packages=(ast-serialize librt mypy mypy-extensions pathspec setuptools typing-extensions)

# compile_engine DIRECTORY COMMAND...: fills DIRECTORY with the package, and with what mypyc makes of these modules, which
# Python takes before their sources. COMMAND runs another one, with a Python that has mypyc, in DIRECTORY.
compile_engine() {
  local directory=$1
  shift
  cp -r wyrcan_tui "$directory"
  "$@" env PYTHONHASHSEED=0 MYPYC_OPT_LEVEL=2 MYPYC_DEBUG_LEVEL=0 python3 -B -m mypyc \
    --config-file= --ignore-missing-imports "${engine_modules[@]}" >"$directory/log" 2>&1 || {
    cat "$directory/log" >&2
    echo "The engine could not be compiled, see above." >&2
    return 1
  }
  rm -rf "${directory:?}"/{build,log,.mypy_cache}
}

# make_compiler DIRECTORY: fills it with mypyc, for the Python of Debian trixie.
make_compiler() {
  fetch_python "$1" <(locked requirements-dev.lock "${compiler_packages[@]}")
}

# make_engine DIRECTORY: fills it with the compiled modules alone, for the Python of Debian trixie.
make_engine() {
  local directory=$1
  cp -r "$compiler" "$directory/compiler"
  compile_engine "$directory" in_tools "$directory" env PYTHONPATH=/mnt/compiler
  rm -r "$directory/compiler"
  in_tools "$directory" find . -name '*.so' -exec strip --strip-unneeded {} +
  find "$directory" -type f ! -name '*.so' -delete
  find "$directory" -mindepth 1 -type d -empty -delete
}

# locked FILE NAME...: prints what a lock file has of these packages.
locked() {
  local file=$1
  shift
  awk -v names=" $* " '/^[^ ]/ { split($1, words, "=="); wanted = index(names, " " words[1] " ") } wanted' "$file"
}
