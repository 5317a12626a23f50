# shellcheck shell=bash
# The Python packages that wyrcan_tui needs, pinned and checked against requirements.lock.

# make_python DIRECTORY: fills it with the packages, for the Python of Debian trixie.
make_python() {
  local directory=$1
  fetch_python "$directory" requirements.lock
  # Of lz4 the engine needs the blocks alone
  rm -rf "${directory:?}/bin" "$directory"/*.dist-info "$directory/lz4/frame"
  # Some wheels carry what a debugger wants: half a megabyte, once it is compressed
  in_tools "$directory" find . -name '*.so' -exec strip --strip-unneeded {} +
}

# fetch_python DIRECTORY LOCK: unpacks the packages that LOCK names, for the Python of Debian trixie, into DIRECTORY.
fetch_python() {
  local directory=$1 lock=$2 glibc
  local -a platforms
  for glibc in 28 27 26 24 17 12 5; do
    platforms+=(--platform "manylinux_2_${glibc}_x86_64")
  done
  pip3 install --quiet --disable-pip-version-check --root-user-action=ignore --no-compile --no-deps --only-binary=:all: \
    --require-hashes --requirement "$lock" --target "$directory" \
    --python-version 313 --implementation cp --abi cp313 --abi abi3 --abi none \
    "${platforms[@]}" --platform manylinux2014_x86_64 ||
    fail "Python packages that the ISO is made with could not be fetched, see above." \
      "Check that this machine reaches its Python package index, then run this again."
}
