# HTTP for a service that is a shell script: `serve_one` reads a request from standard input, asks the service's
# `route METHOD PATH QUERY`, and writes the answer to standard output. One request, one process.

CR=$(printf '\r')

# answer STATUS TYPE BODY: the whole answer; the body is ASCII, so its length is its number of bytes.
answer() {
    printf 'HTTP/1.1 %s\r\nContent-Type: %s\r\nContent-Length: %d\r\nConnection: close\r\n\r\n%s' "$1" "$2" "${#3}" "$3"
    status=${1%% *}
}

json() { answer "$1" application/json "$2"; }

# log LEVEL MESSAGE: one line on standard error, unless LOG_LEVEL says that it is not wanted.
log() {
    case "${LOG_LEVEL:-info}/$1" in
    info/debug | warning/debug | warning/info) ;;
    *) echo "$1 $2" >&2 ;;
    esac
}

# parameter NAME QUERY: the value of a query parameter; letters, digits and `:,_-` only, everything else is dropped.
parameter() {
    value=$(printf '%s' "&$2" | sed -n "s/.*&$1=\([^&]*\).*/\1/p" | tr -cd 'A-Za-z0-9:,_-')
    printf '%s' "$value"
}

serve_one() {
    # Who only connects, to see whether the port is open, gets no answer.
    read -r method target _ || exit 0
    while read -r header && [ -n "${header%"$CR"}" ]; do :; done
    path=${target%%\?*}
    query=${target#"$path"}
    route "$method" "$path" "${query#\?}"
    case "$path $status" in
    '/healthz 200') log debug "$method $target $status" ;;
    *) log info "$method $target $status" ;;
    esac
}
