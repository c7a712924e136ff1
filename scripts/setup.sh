#!/bin/sh
# Set Driftscope up. Called by the Makefile from the repository's root:
#   sh scripts/setup.sh python           make .venv with everything pinned in requirements/
#   sh scripts/setup.sh system run       install the system libraries the window needs
#   sh scripts/setup.sh system test      these, and the programs the tests need
# PYTHON names the interpreter, TORCH_INDEX where PyTorch comes from (empty: PyPI).
set -eu

PYTHON=${PYTHON:-python3}
TORCH_INDEX=${TORCH_INDEX:-}
PINS=requirements/constraints.txt
export PIP_DISABLE_PIP_VERSION_CHECK=1

# What Qt loads when it opens a window on Linux: the shared library, and the package that has it.
LIBRARIES="
libEGL.so.1             libegl1
libGL.so.1              libgl1
libX11-xcb.so.1         libx11-xcb1
libwayland-cursor.so.0  libwayland-cursor0
libdbus-1.so.3          libdbus-1-3
libfontconfig.so.1      libfontconfig1
libglib-2.0.so.0        libglib2.0-0
libxcb.so.1             libxcb1
libxcb-cursor.so.0      libxcb-cursor0
libxcb-icccm.so.4       libxcb-icccm4
libxcb-image.so.0       libxcb-image0
libxcb-keysyms.so.1     libxcb-keysyms1
libxcb-randr.so.0       libxcb-randr0
libxcb-render-util.so.0 libxcb-render-util0
libxcb-shape.so.0       libxcb-shape0
libxcb-xkb.so.1         libxcb-xkb1
libxkbcommon-x11.so.0   libxkbcommon-x11-0
"
# What the tests run: the program, and the package that has it.
PROGRAMS="
Xvfb     xvfb
xauth    xauth
xdotool  xdotool
openbox  openbox
xprop    x11-utils
socat    socat
compare  imagemagick
g++      g++
"

say() { printf '%s\n' "$*"; }
have() { command -v "$1" >/dev/null 2>&1; }

fonts() {
    find /usr/share/fonts /usr/local/share/fonts "${HOME:-/root}/.fonts" \
        "${HOME:-/root}/.local/share/fonts" -name "$1" 2>/dev/null | grep -q .
}

# Print the packages of what is missing. Debian keeps ldconfig out of a user's PATH.
missing() {
    known=$(PATH="$PATH:/sbin:/usr/sbin" ldconfig -p 2>/dev/null || true)
    echo "$LIBRARIES" | while read -r library package; do
        [ -z "$library" ] || case $known in *"$library "*) ;; *) say "$package" ;; esac
    done
    # Without any font Qt draws boxes, and reports no error.
    fonts '*.[to]tf' || say fonts-dejavu-core
    [ "$1" = test ] || return 0
    echo "$PROGRAMS" | while read -r program package; do
        [ -z "$program" ] || have "$program" || say "$package"
    done
    fonts 'DejaVuSans.ttf' || say fonts-dejavu-core
}

# Turn Debian's names into what dnf and zypper take too: a library, or a program's path.
files() {
    for package; do
        printf '%s\n' "$LIBRARIES" "$PROGRAMS" | awk -v package="$package" -v quote="'" '
            $2 == package { name = $1 ~ /[.]so/ ? quote $1 "()(64bit)" quote : "/usr/bin/" $1 }
            END { print name ? name : package }'
    done | tr '\n' ' '
}

# Install packages with apt where that needs no question; elsewhere say how.
install() {
    if have apt-get && [ "$(id -u)" = 0 ]; then
        apt_get '' "$@"
    elif have apt-get && have sudo && sudo -n true 2>/dev/null; then
        apt_get 'sudo -n' "$@"
    elif have apt-get; then
        say "Driftscope needs a few system packages. Please run:  sudo apt-get install $*"
    elif have dnf || have zypper; then
        tool=$(have dnf && echo dnf || echo zypper)
        say "Driftscope needs a few system packages. Please run:  sudo $tool install $(files "$@")"
    else
        say "Driftscope needs what Debian has in these packages: $*"
        say "Please install what has these files in it: $(files "$@")"
    fi
}

apt_get() {
    root=$1
    shift
    say "Installing system packages: $*"
    {
        $root apt-get update -qq || true  # a stale list may still do
        $root env DEBIAN_FRONTEND=noninteractive \
            apt-get install -qq --yes --no-install-recommends "$@" >/dev/null
    } </dev/null || say "That failed. Please run:  sudo apt-get install $*"
}

system() {
    [ "$(uname -s)" = Linux ] || return 0  # elsewhere Qt brings all it needs
    packages=$(missing "$1" | sort -u | tr '\n' ' ')
    # shellcheck disable=SC2086  # a list of words
    [ -z "$packages" ] || install $packages
}

python() {
    have "$PYTHON" || [ "$PYTHON" != python3 ] || install python3 python3-venv
    if ! have "$PYTHON"; then
        say "There is no $PYTHON here. Install Python 3.11 or later, or name yours:"
        say "  make run PYTHON=/path/to/python3"
        exit 1
    fi
    if ! "$PYTHON" -c 'import sys; sys.exit(sys.version_info < (3, 11))'; then
        say "Driftscope needs Python 3.11 or later, and $PYTHON is $("$PYTHON" -V 2>&1)."
        say "Install a later one and name it:  make run PYTHON=python3.12"
        exit 1
    fi
    if ! "$PYTHON" -c 'import venv, ensurepip' 2>/dev/null; then
        version=$("$PYTHON" -c 'import sys; print("python%d.%d" % sys.version_info[:2])')
        install "$version-venv"
        if ! "$PYTHON" -c 'import venv, ensurepip' 2>/dev/null; then
            say "$PYTHON comes without the modules venv and ensurepip, which .venv is made with."
            say "On Debian and Ubuntu they are in the package $version-venv."
            exit 1
        fi
    fi
    before=$(cat .venv/torch-index 2>/dev/null || true)
    TORCH_INDEX=${TORCH_INDEX:-$before}  # an update keeps the build that was chosen
    if [ "$before" != "$TORCH_INDEX" ] ||
        ! .venv/bin/python -m pip --version >/dev/null 2>&1; then
        say "Making .venv with $("$PYTHON" -V)."
        "$PYTHON" -m venv --clear .venv
        printf '%s' "$TORCH_INDEX" >.venv/torch-index
    fi
    say "Fetching what pyproject.toml asks for; the first time takes a few minutes."
    # First and without its dependencies, so that only PyTorch itself comes from that index.
    .venv/bin/python -m pip install --no-deps ${TORCH_INDEX:+--index-url "$TORCH_INDEX"} \
        "$(grep '^torch==' $PINS)"
    .venv/bin/python -m pip install --quiet --constraint $PINS --editable '.[dev,imagenet]'
}

case ${1:-} in
python) python ;;
system) system "${2:-run}" ;;
*) say "usage: sh scripts/setup.sh python | system run | system test" && exit 2 ;;
esac
