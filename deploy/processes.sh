# Processes that a script starts and ends with itself, for deploy/replay.sh and the tests with real servers; sourced, never run.
# The one who sources it has sourced common.sh and calls begin_processes; Leeway's log, if it runs one, is $folder/leeway.log.
# shellcheck shell=bash

started=() # process ids; of a process group, with a minus before it
folder=

# begin_processes NAME: a folder for everything, gone at the end together with every process in `started`.
begin_processes() {
  trap end_processes EXIT
  trap 'exit 130' INT
  trap 'exit 143' TERM
  folder=$(mktemp -d -t "leeway-$1.XXXXXX")
}

end_processes() {
  local process
  for process in "${started[@]}"; do kill -- "$process" 2>/dev/null || true; done
  for process in "${started[@]}"; do wait "${process#-}" 2>/dev/null || true; done
  [ -z "$folder" ] || rm -rf "$folder"
}

# need COMMAND...: else the script is a test that was skipped.
need() {
  local command
  for command in "$@"; do
    command -v "$command" >/dev/null && continue
    echo "skipped: $command is missing; deploy/setup test fetches it"
    exit 77
  done
}

# fail SENTENCE: says why and ends; defined anew by who has more to show.
fail() {
  printf '%s\n' "$*" >&2
  tail -n 30 "$folder/leeway.log" >&2 2>/dev/null || true
  exit 1
}

# until_true SECONDS WHAT COMMAND...: asks ten times a second, and fails with what was awaited.
until_true() {
  local deadline=$((SECONDS + $1)) what=$2
  shift 2
  until "$@"; do
    [ "$SECONDS" -lt "$deadline" ] || fail "waited too long for $what"
    sleep 0.1
  done
}

free_port() {
  local port=$1
  while (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null; do port=$((port + 1)); done
  echo "$port"
}
