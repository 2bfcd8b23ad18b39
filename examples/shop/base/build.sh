#!/bin/sh
# Build the base image of both services, push it, and print its name with its digest: `sh base/build.sh [REGISTRY]`. It is a static
# busybox and 50 lines of shell, so that nothing has to be pulled from anywhere. Teams keep such an image in their registry too.
set -eu
cd "$(dirname "$0")"
registry=${1:-localhost:5000}
image=$registry/shop/base:1
context=$(mktemp -d)
trap 'rm -rf "$context"' EXIT
mkdir -p "$context/root/bin" "$context/root/data" "$context/root/tmp"
chmod 1777 "$context/root/data" "$context/root/tmp"
cp "$(command -v busybox)" "$context/root/bin/busybox"
for applet in $(busybox --list); do
    [ "$applet" = busybox ] || ln -s busybox "$context/root/bin/$applet"
done
cp Containerfile http.sh serve.sh "$context"
buildah build --quiet --isolation chroot --timestamp 0 --tag "$image" "$context" >/dev/null
buildah push --quiet --tls-verify=false --digestfile "$context/digest" "$image"
echo "$registry/shop/base@$(cat "$context/digest")"
