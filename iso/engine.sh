# shellcheck shell=bash
# The modules of the engine that have to do with each single entry of an image, compiled: the same code, in half the time.

# shellcheck disable=SC2034  # iso/initrd.sh uses it, too
readonly engine_modules=(
  wyrcan_tui/image/draft.py
  wyrcan_tui/image/field.py
  wyrcan_tui/image/initrd.py
  wyrcan_tui/image/merge.py
  wyrcan_tui/image/rootfs.py
  wyrcan_tui/image/tar.py
  wyrcan_tui/image/tree.py
  wyrcan_tui/kernel/cpio.py
)

# compile_engine DIRECTORY COMMAND...: fills DIRECTORY with the package, and with what mypyc makes of these modules, which
# Python takes before their sources. COMMAND runs another one, with a Python that has mypyc, in DIRECTORY.
compile_engine() {
  local directory=$1
  shift
  cp -r wyrcan_tui "$directory"
  "$@" env PYTHONHASHSEED=0 MYPYC_OPT_LEVEL=2 MYPYC_DEBUG_LEVEL=0 \
    python3 -B -m mypyc --ignore-missing-imports "${engine_modules[@]}" >"$directory/log" 2>&1 || {
    cat "$directory/log" >&2
    return 1
  }
  rm -r "${directory:?}"/{build,log,.mypy_cache}
}

# make_engine DIRECTORY: fills it with the compiled modules alone, for the Python of Debian trixie.
make_engine() {
  local directory=$1
  compile_engine "$directory" in_tools "$directory" ||
    fail "The engine could not be compiled, see above." "Correct what mypyc names."
  find "$directory" -type f ! -name '*.so' -delete
  in_tools "$directory" find . -name '*.so' -exec strip --strip-unneeded {} +
}
