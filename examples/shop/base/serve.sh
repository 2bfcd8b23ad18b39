# Serve /app/app.sh on $PORT until SIGTERM. Then go without losing a request: keep answering for DRAIN_SECONDS, because
# whoever sends the traffic needs a moment to hear of it; take no new connection; let requests under way finish; leave.

stop() {
    trap '' TERM INT
    sleep "${DRAIN_SECONDS:-1}"
    kill "$listener"
    tries=0
    while ps -o args | grep -q '^sh [/]app/app.sh' && [ "$tries" -lt 100 ]; do
        usleep 100000
        tries=$((tries + 1))
    done
    exit 0
}

nc -ll -p "${PORT:-8080}" -e sh /app/app.sh &
listener=$!
trap stop TERM INT
wait "$listener"
