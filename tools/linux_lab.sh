#!/usr/bin/env bash
# Run the tests on real Linux hosts: install what the lab needs from the distribution's packages, build its cache, test.
# usage: linux_lab.sh PYTHON [pytest arguments]
set -euo pipefail
cd "$(dirname "$0")/.."
python="$1"
shift
if [ "$(id -u)" != 0 ]; then
    echo "make test-linux: lab hosts need root (network namespaces, mounts, systemd-nspawn)" >&2
    exit 1
fi
lacking="$("$python" -m trustctl.lab.hosts)"
# the clients that ask hosts for their services
for pair in dig:bind9-dnsutils radclient:freeradius-utils dhclient:isc-dhcp-client ssh-audit:ssh-audit; do
    command -v "${pair%%:*}" >/dev/null || lacking="$lacking ${pair##*:}"
done
if [ -n "${lacking// /}" ]; then
    apt-get update -qq
    # shellcheck disable=SC2086 # one word for each package
    DEBIAN_FRONTEND=noninteractive apt-get install -qq -y --no-install-recommends $lacking
fi
export TRUSTCTL_LAB_CACHE="${TRUSTCTL_LAB_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/trustctl/lab}"
"$python" -m trustctl.cli.main lab build debian-12 debian-13
if ! "$python" -m pytest -m "${TRUSTCTL_LINUX_TESTS:-linux and not long}" tests/linux "$@"; then
    # a real host on a busy machine is not always in time: what failed gets one more try, and that is said
    echo "== once more, those that failed above =="
    exec "$python" -m pytest -m "${TRUSTCTL_LINUX_TESTS:-linux and not long}" tests/linux "$@" --last-failed
fi
