"""Traffic of one environment: a HAProxy process, its configuration, its runtime socket, its stable addresses."""
