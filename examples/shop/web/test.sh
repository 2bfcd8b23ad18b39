#!/bin/sh
# Unit tests of the pages: the real script, with an API that always says the same.
set -eu
cd "$(dirname "$0")"
. ../base/expect.sh
commands=$(mktemp -d)
trap 'rm -rf "$commands"' EXIT
cat >"$commands/wget" <<'API'
#!/bin/sh
case "$*" in
*/products) echo '{"products":[{"id":"tea","name":"Green tea","price":490},{"id":"mug","name":"Mug","price":1290}]}' ;;
*/total?items=tea:2,mug:1) echo '{"pieces":3,"total":2043}' ;;
*) exit 1 ;;
esac
API
chmod +x "$commands/wget"
API_URL=http://api PATH=$commands:$PATH
export API_URL PATH

expect '200*"ok"*' "$(ask /healthz)"
expect '200*"version":"'"$(cat VERSION)"'"*' "$(ask /version)"
expect '200*<li id=tea>Green tea: &euro; 4.90</li><li id=mug>Mug: &euro; 12.90</li>*' "$(ask /)"
expect '200*<h1>Tea and mugs</h1>*' "$(SHOP_NAME='Tea and mugs' ask /)"
expect "200*web $(cat VERSION)*" "$(ask /)"
expect '200*<p id=total>&euro; 20.43</p>*' "$(ask '/cart?items=tea:2,mug:1')"
expect '502*does not answer*' "$(ask '/cart?items=hat:1')"
expect '404*' "$(ask /nothing)"
expect '405*' "$(ask / POST)"
passed web
