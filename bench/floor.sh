#!/usr/bin/env bash
# The least that anybody has to do: bench/floor.sh INFLATER URL-OF-A-LAYER...
# All layers at once, each fetched, its digest checked, and inflated to nowhere, by programs written in C.
set -euo pipefail

read -ra inflater <<<"$1"

fetch() {
  local url=$1 digest=${1##*:}
  mkfifo "$digest"
  # Not sha256sum: where it is built without OpenSSL it takes five times as long.
  openssl dgst -sha256 -r <"$digest" >"$digest.sum" &
  curl --silent --fail --location "$url" | tee "$digest" | "${inflater[@]}" >/dev/null
  wait $!
  [[ $(<"$digest.sum") == "$digest "* ]]
}

fetches=()
for url in "${@:2}"; do
  fetch "$url" &
  fetches+=($!)
done
for fetch in "${fetches[@]}"; do
  wait "$fetch"
done
