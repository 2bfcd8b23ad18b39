# The shop's API: products and what a cart costs, in cents. Settings come from the environment alone:
# DATABASE_URL (file:///folder), DATABASE_PASSWORD, DISCOUNT_PERCENT, LOG_LEVEL.
app=${APP:-/app}
. "${BASE:-$app}/http.sh"

SCHEMA=2
database=${DATABASE_URL#file://}

# wrong: say what is wrong; nothing where the service can do its work.
wrong() {
    [ -r "$database/schema" ] || { echo "no database at $DATABASE_URL: was the migration run?"; return; }
    read -r schema <"$database/schema"
    [ "$schema" -ge "$SCHEMA" ] || { echo "the database has schema $schema, this version needs $SCHEMA"; return; }
    read -r key <"$database/key"
    [ "$key" = "$(printf '%s' "$DATABASE_PASSWORD" | sha256sum)" ] || echo "the database refuses the password"
}

products() {
    separator=
    while IFS='|' read -r id name price; do
        printf '%s{"id":"%s","name":"%s","price":%d}' "$separator" "$id" "$name" "$price"
        separator=,
    done <"$database/products"
}

# price ID: its price in cents; nothing where there is no such product.
price() {
    while IFS='|' read -r id _ price; do
        [ "$id" != "$1" ] || echo "$price"
    done <"$database/products"
}

# total ITEMS: `tea:2,mug:1` costs what? From three pieces on there is a discount.
total() {
    sum=0 pieces=0
    for item in $(printf '%s' "$1" | tr , ' '); do
        count=${item#*:}
        one=$(price "${item%%:*}")
        case "$one:$count" in
        :* | *:*[!0-9]* | *:) json '400 Bad Request' "{\"error\":\"no such item: $item\"}"; return ;;
        esac
        sum=$((sum + one * count))
        pieces=$((pieces + count))
    done
    [ "$pieces" -lt 3 ] || sum=$((sum * (100 - ${DISCOUNT_PERCENT:-0}) / 100))
    json '200 OK' "{\"pieces\":$pieces,\"total\":$sum}"
}

route() {
    case "$1 $2" in
    'GET /healthz')
        why=$(wrong)
        if [ -z "$why" ]; then
            json '200 OK' '{"status":"ok"}'
        else
            log warning "$why"
            json '503 Service Unavailable' "{\"status\":\"$why\"}"
        fi
        ;;
    'GET /version') read -r version <"$app/VERSION"; json '200 OK' "{\"service\":\"api\",\"version\":\"$version\"}" ;;
    'GET /products') json '200 OK' "{\"products\":[$(products)]}" ;;
    'GET /total') total "$(parameter items "$3")" ;;
    'GET '*) json '404 Not Found' '{"error":"not found"}' ;;
    *) json '405 Method Not Allowed' '{"error":"GET only"}' ;;
    esac
}

serve_one
