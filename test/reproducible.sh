#!/usr/bin/env bash
# Packs the current commit twice, in two folders of different names and depths and at different times: both tarballs are
# the same to the byte. The installed packages are those of this folder.
set -euo pipefail
cd "$(dirname "$0")/.."

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT

tarball() { # FOLDER: where it is built
  mkdir -p "$1"
  git archive HEAD | tar -x -C "$1"
  cp -r node_modules "$1"
  (cd "$1" && npm pack --silent --foreground-scripts=false --pack-destination "$1" >/dev/null)
  echo "$1"/o-copilot-*.tgz
}

first=$(tarball "$folder/a")
second=$(TZ=Asia/Tokyo LC_ALL=C tarball "$folder/another folder/b")
cmp "$first" "$second" && sha256sum "$first" | sed "s|$folder/||"
