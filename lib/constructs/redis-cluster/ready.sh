#!/bin/sh
# Readiness probe: the pod has its place, and the cluster serves every slot.
set -eu
# shellcheck source=SCRIPTDIR/common.sh
. "${0%/*}/common.sh"
[ -e "$SCRATCH/settled" ] && in_place "$POD_IP"
