# shellcheck shell=bash
# What tests and benchmark both need beside the project: the registry server, and the Python tools in an environment of
# their own. Source iso/needs.sh first, and be in the project's folder:
#
#     need_tools
#     need ...
#     install_tools

# Debian's own, whichever other comes first: the ISO has it too, and it is a fifth faster than one that was built without
# profiles, which counts in what is measured.
readonly python=/usr/bin/python3
readonly venv=build/venv
readonly lock=requirements-dev.lock

need_tools() {
  # Debian has Python without the part that makes virtual environments.
  need "$("$python" -c 'import sysconfig; print(sysconfig.get_path("stdlib"))' 2>/dev/null)/ensurepip" python3-venv \
    "runs Python in an environment of its own"
  need gcc gcc "compiles the engine, as it is on the ISO"
  need "$("$python" -c 'import sysconfig; print(sysconfig.get_path("include"))' 2>/dev/null)/Python.h" python3-dev \
    "has the headers for that"
  need docker-registry docker-registry "is the registry that images come from, on loopback only"
}

# install_tools: fetches all that is missing, what else was asked for with `need` included.
install_tools() {
  local server new=()
  for server in /usr/bin/docker-registry /usr/sbin/nginx; do
    [[ -e $server ]] || new+=("$server")
  done
  install_needs
  for server in "${new[@]}"; do
    # Debian's packages start servers for the whole network; nobody asked for those.
    if [[ -e $server && -d /run/systemd/system ]]; then
      systemctl disable --now --quiet "${server##*/}"
    fi
  done
  make_venv
}

make_venv() {
  local stamp=$venv/made-from wanted
  wanted=$("$python" -VV && sha256sum "$lock")
  [[ -e $stamp && $(<"$stamp") == "$wanted" ]] && return
  echo "Installing the Python tools into $venv" >&2
  "$python" -m venv --clear "$venv"
  "$venv/bin/pip" --quiet --disable-pip-version-check install --require-hashes --requirement "$lock"
  echo "$wanted" >"$stamp"
}
