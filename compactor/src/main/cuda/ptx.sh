#!/usr/bin/env bash
# Makes the committed PTX of downsample.cu: NVCC names a compiler, else nvcc on the PATH, else one from PyPI is put below
# target/. `./mvnw -Pkernels -pl compactor -am compile` runs this.
set -euo pipefail
cd "$(dirname "$0")"
source=downsample.cu
target=../resources/io/meridian/compactor/downsample/cuda/downsample.ptx
work=../../../target/kernels
mkdir -p "$work" "$(dirname "$target")"

nvcc=${NVCC:-$(command -v nvcc || true)}
if [ -z "$nvcc" ]; then
  python3 -m venv "$work/python"
  "$work/python/bin/pip" install -q 'nvidia-cuda-nvcc==13.0.*' 'nvidia-nvvm==13.0.*' 'nvidia-cuda-crt==13.0.*' \
    'nvidia-cuda-runtime==13.0.*'
  nvcc=$(echo "$work"/python/lib/python3*/site-packages/nvidia/cu13/bin/nvcc)
fi

"$nvcc" -std=c++17 -O3 --fmad=false -ptx -arch=compute_75 "$source" -o "$work/downsample.ptx"
# Nothing in it is newer than version 6.3, which every driver for CUDA 12 reads.
{
  echo "// sha256 of downsample.cu: $(sha256sum "$source" | cut -d' ' -f1)"
  sed -e 's/^\.version .*/.version 6.3/' "$work/downsample.ptx"
} >"$target"
echo "made $(basename "$target"): $(wc -c <"$target") bytes"
