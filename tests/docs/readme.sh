#!/usr/bin/env bash
# Runs README.md, so that it cannot rot. usage: readme.sh BUILD_FOLDER
#
#   ```sh     run as written, one block after the other in one shell, in a copy of the repository
#   ```yaml   saved under the name in its first line (`# leeway.yaml`), for the blocks that follow
#   others    are pictures; `console` is for what needs a running systemd
#
# Two commands are not taken literally: deploy/demo, which runs until Ctrl-C, gets its Ctrl-C once it says what to look
# at, and must then leave nothing running; deploy/test, which runs this script, has to exist. `sudo` does nothing, and installing
# goes into a folder of the copy. Links to files of the repository must lead somewhere.
set -euo pipefail

root=$(cd "$(dirname "$0")/../.." && pwd)
build=$(cd "$1" && pwd)
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
cd "$scratch"

fail() {
  echo "README.md: $*"
  exit 1
}

# The copy shares the build and what was fetched, so its commands find them made.
make_copy() {
  mkdir copy
  tar -C "$root" --exclude=./build --exclude=./.cache --exclude=./.git -cf - . | tar -xf - -C copy
  mkdir -p copy/build shims
  ln -s "$build" copy/build/release
  ln -s "$root/.cache" copy/.cache
  # shellcheck disable=SC2016
  printf '#!/bin/sh\nexec "$@"\n' >shims/sudo
  chmod +x shims/sudo
}

links_lead_somewhere() {
  local link
  while read -r link; do
    [ -e "copy/$link" ] || fail "the link to $link leads nowhere"
  done < <(grep -oE '\]\([^)]+\)' copy/README.md | sed 's/^](//; s/)$//; s/#.*//' | grep -vE '^https?:|^$')
}

# The blocks as one script, in which every command is echoed before it runs.
to_script() {
  awk '
    /^```/ && inside == "" { inside = substr($0, 4); file = ""; if (inside == "") inside = "picture"; next }
    /^```$/ { if (file != "") print "END_OF_FILE"; inside = ""; next }
    inside == "yaml" && file == "" { file = $2; print "cat >" file " <<\"END_OF_FILE\"" }
    inside == "yaml" { print }
    inside == "sh" && $0 == "deploy/demo" { print "demo_until_ctrl_c"; next }
    inside == "sh" && $0 == "deploy/test" { print "test -x deploy/test"; next }
    inside == "sh" { print }' copy/README.md
}

# Sourced by that script. A shell that reads its commands from a file starts background processes deaf to SIGINT, which a
# terminal does not: hence the job control.
demo_until_ctrl_c() {
  local demo
  set -m
  deploy/demo >demo.log 2>&1 &
  demo=$!
  set +m
  until grep -q 'What to look at' demo.log; do
    kill -0 "$demo" 2>/dev/null || { cat demo.log && return 1; }
    sleep 0.2
  done
  kill -INT -- "-$demo"
  wait "$demo" || [ $? = 130 ]
  if pgrep -g "$demo"; then
    echo "deploy/demo left these processes running"
    return 1
  fi
}

make_copy
links_lead_somewhere
{
  echo "set -euo pipefail"
  declare -f demo_until_ctrl_c
  echo "set -x"
  to_script
} >script
grep -qx demo_until_ctrl_c script || fail "it does not name deploy/demo in a block of its own"
cd copy
PATH=$scratch/shims:$PATH DESTDIR=$scratch/installed bash ../script || fail "a command failed; the last one above is it"
