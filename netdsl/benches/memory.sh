#!/usr/bin/env bash
# The most memory that training w2 and w5 takes, in MiB (maximum resident set), beside PyTorch and candle:
#
#     netdsl/benches/memory.sh [folder of the peers' benchmark]
#
# The peers have to be built before (`bench.py build --peers torch candle`, which puts them under
# $PEERS_WORK, by default ~/.cache/peers); those that are missing are left out.
set -euo pipefail
cd "$(dirname "$0")/../.."
peers=${1:-../shared/peers}
built=${PEERS_WORK:-$HOME/.cache/peers}
export {RAYON,OMP,MKL,OPENBLAS,MATMUL,CANDLE}_NUM_THREADS=2

own=$(cargo bench -p netdsl --bench workloads --no-run 2>&1 | sed -n 's/.*(\(.*\))$/\1/p' | tail -1)

# peak <name> <workload> <command…>: what the kernel saw of it.
peak() {
    local name=$1 workload=$2 report
    shift 2
    report=$(mktemp)
    /usr/bin/time -f %M -o "$report" "$@" "$name" "$workload" 2 "$workload.train_sgd" >/dev/null
    awk '{ printf "%.0f", $1 / 1024 }' "$report"
    rm "$report"
}

echo "| workload | netdsl | torch | candle |"
echo "|---|---:|---:|---:|"
for workload in w2 w5; do
    row="| $workload, training | $(peak netdsl "$workload" "$own")"
    if [ -x "$built/venv/bin/python" ] && [ -f "$peers/python/torch_peer.py" ]; then
        row+=" | $(peak torch "$workload" "$built/venv/bin/python" "$peers/python/torch_peer.py")"
    else
        row+=" | –"
    fi
    if [ -x "$built/target/release/peer-candle" ]; then
        row+=" | $(peak candle "$workload" "$built/target/release/peer-candle")"
    else
        row+=" | –"
    fi
    echo "$row |"
done
