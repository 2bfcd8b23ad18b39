#!/bin/sh
# Unit tests of the API: the real script, one request after another, on a database in a temporary folder.
set -eu
cd "$(dirname "$0")"
. ../base/expect.sh
DATABASE_URL=file://$(mktemp -d)/shop DATABASE_PASSWORD=for-the-test DISCOUNT_PERCENT=10
export DATABASE_URL DATABASE_PASSWORD DISCOUNT_PERCENT
trap 'rm -rf "$(dirname "${DATABASE_URL#file://}")"' EXIT

expect '503*was the migration run*' "$(ask /healthz)"
expect '*schema 2 (it had 0)' "$(sh migrate.sh)"
expect '*schema 2 (it had 2)' "$(sh migrate.sh)"
expect '200*"ok"*' "$(ask /healthz)"
expect '503*refuses the password*' "$(DATABASE_PASSWORD=wrong ask /healthz)"
expect '200*"version":"'"$(cat VERSION)"'"*' "$(ask /version)"
expect '200*"id":"mug","name":"Mug","price":1290*' "$(ask /products)"
expect '200*"pieces":2,"total":980}' "$(ask '/total?items=tea:2')"
expect '200*"pieces":3,"total":2043}' "$(ask '/total?items=tea:2,mug:1')"
expect '200*"total":0}' "$(ask '/total?items=')"
expect '400*no such item: hat:1*' "$(ask '/total?items=hat:1')"
expect '400*' "$(ask '/total?items=tea:x')"
expect '404*' "$(ask /nothing)"
expect '405*' "$(ask / POST)"
passed api
