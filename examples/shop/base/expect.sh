# For the services' unit tests: ask the script in the current folder, compare with a pattern, count.
APP=$PWD BASE=$PWD/../base LOG_LEVEL=warning count=0
export APP BASE LOG_LEVEL

# ask TARGET [METHOD]: status and body of the answer.
ask() { printf '%s %s HTTP/1.1\r\nHost: shop\r\n\r\n' "${2:-GET}" "$1" | sh app.sh | sed 's/\r$//; 1s/^HTTP\/1.1 //'; }

# expect PATTERN TEXT: stop unless the text matches.
expect() {
    count=$((count + 1))
    case "$2" in
    $1) ;;
    *) printf 'check %d: expected\n  %s\nand got\n  %s\n' "$count" "$1" "$2" >&2; exit 1 ;;
    esac
}

passed() { echo "$1: $count checks passed"; }
