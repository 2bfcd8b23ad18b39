# The shop's pages. It asks the API for everything, and its settings come from the environment alone: API_URL,
# SHOP_NAME, LOG_LEVEL.
app=${APP:-/app}
. "${BASE:-$app}/http.sh"

# fetch PATH: what the API answers.
fetch() { timeout 5 wget -q -O - "$API_URL$1"; }

# euros CENTS: 1234 is shown as 12.34.
euros() { printf '&euro; %d.%02d' "$(($1 / 100))" "$(($1 % 100))"; }

page() {
    read -r version <"$app/VERSION"
    answer "$1" text/html "<!doctype html><title>${SHOP_NAME:-Shop}</title><h1>${SHOP_NAME:-Shop}</h1>$2<footer>web $version</footer>"
}

home() {
    listed=$(fetch /products) || { page '502 Bad Gateway' '<p>The shop is closed: the API does not answer.</p>'; return; }
    rows=$(printf '%s\n' "$listed" | tr '{' '\n' |
        sed -n 's/.*"id":"\([a-z]*\)","name":"\([^"]*\)","price":\([0-9]*\).*/\1|\3|\2/p' |
        while IFS='|' read -r id price name; do printf '<li id=%s>%s: %s</li>' "$id" "$name" "$(euros "$price")"; done)
    page '200 OK' "<ul>$rows</ul>"
}

cart() {
    items=$(parameter items "$1")
    sum=$(fetch "/total?items=$items") || { page '502 Bad Gateway' '<p>The cart cannot be counted: the API does not answer.</p>'; return; }
    total=$(printf '%s' "$sum" | sed -n 's/.*"total":\([0-9]*\).*/\1/p')
    page '200 OK' "<p>Your cart: $items</p><p id=total>$(euros "$total")</p>"
}

route() {
    case "$1 $2" in
    'GET /healthz') json '200 OK' '{"status":"ok"}' ;;
    'GET /version') read -r version <"$app/VERSION"; json '200 OK' "{\"service\":\"web\",\"version\":\"$version\"}" ;;
    'GET /') home ;;
    'GET /cart') cart "$3" ;;
    'GET '*) page '404 Not Found' '<p>No such page.</p>' ;;
    *) page '405 Method Not Allowed' '<p>GET only.</p>' ;;
    esac
}

serve_one
