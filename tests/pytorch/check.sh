#!/usr/bin/env bash
# Holds netdsl's state dicts against PyTorch itself, both ways. Installs PyTorch into a virtual
# environment of its own ($NETDSL_VENV, by default target/pytorch), which takes a few minutes once.
set -euo pipefail
cd "$(dirname "$0")/../.."
venv="${NETDSL_VENV:-target/pytorch}"

if ! "$venv/bin/python" -c 'import torch, safetensors, numpy' 2>/dev/null; then
    if ! { python3 -m venv "$venv" && "$venv/bin/pip" install --quiet torch safetensors numpy; }; then
        echo "skipped: PyTorch cannot be installed here; this needs python3 with venv, and PyPI" >&2
        exit 0
    fi
fi
cargo build --release --locked -p netdsl-tests --bin state_dict
"$venv/bin/python" tests/pytorch/state_dict.py target/release/state_dict
