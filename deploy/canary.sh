#!/usr/bin/env bash
set -euo pipefail

usage() {
  cat <<'USAGE'
Usage: deploy/canary.sh --project PROJECT --image IMAGE@sha256:DIGEST [option value]...

Deploys the image with the settings of service.yaml as a new revision without traffic, tests it at
its own URL, then moves 5, 25, 50 and 100 % of the traffic to it. At the first bad sign, at any failure
and at SIGINT, SIGTERM or SIGHUP, all traffic goes back to the revision that had it. The progress is
read from Cloud Run: after a kill, the same command continues where the run stopped.

  --dry-run                   print the commands as a runbook, run nothing
  --service landfall          --region us-central1         --manifest service.yaml
  --steps "5 25 50 100"       percent of the traffic, rising to 100
  --watch 600                 seconds at each step         --interval 30   seconds between checks
  --timeout 120               seconds for one call; the deployment has five times as many
  --max-errors 0              log entries of severity ERROR that are allowed
  --max-unacknowledged 0.01   share of deliveries that aren't acknowledged
  --max-commit-failures 0.01  share of commits that fail
  --max-dead-letters 0.01     share of events, plus twice the share of the old revision
  --max-latency 1             seconds for the mean delivery, and at most twice the mean of the old
                              revision plus 0.1 s
  --min-deliveries 1          deliveries that a step must see; 0 if there may be no traffic
  --contract schemas/events/com.example.item.changed.v1.json   its first example is the test event
  --impersonate ACCOUNT       service account of the identity token, one that may push
  --audience URL              audience of the identity token; PUSH_AUDIENCE if that is set
  --connect-to HOST           host to reach run.app at, such as private.googleapis.com
  --attempt 1                 2, 3, … deploy the same image and settings as another revision

Needs bash 5, gcloud, curl, jq and timeout, and a network that the ingress of the service accepts.
Details: docs/canary.md.

Exit codes: 0 the new revision has all traffic; 1 the old one has it again; 2 nothing was changed;
3 the rollback failed: make sure that the old revision has all traffic.
USAGE
}

declare -A option=(
  [project]='' [image]='' [service]=landfall [region]=us-central1 [manifest]=service.yaml
  [steps]='5 25 50 100' [watch]=600 [interval]=30 [timeout]=120
  [max-errors]=0 [max-unacknowledged]=0.01 [max-commit-failures]=0.01 [max-dead-letters]=0.01
  [max-latency]=1 [min-deliveries]=1
  [contract]=schemas/events/com.example.item.changed.v1.json
  [impersonate]='' [audience]='' [connect-to]='' [attempt]=1
)
dry_run=0
shown=0 # 1 after a dry run has printed one check
rollback_due=0 # 1 from when the old revision is known until the canary has succeeded

say() {
  if ((dry_run)); then printf '\n# %s\n' "$*"; else printf 'canary: %s\n' "$*" >&2 || true; fi
}

explain() { if ((dry_run)); then say "$@"; fi; }

die() {
  say "${*:2}"
  exit "$1"
}

bad_sign() { die 1 "bad sign: $new: $*"; }

parse_options() {
  while (($#)); do
    case $1 in
      --help) usage && exit ;;
      --dry-run) dry_run=1 ;;
      --[a-z]*)
        [[ $1 =~ ^--[a-z-]+$ && -v "option[${1#--}]" && $# -ge 2 ]] ||
          die 2 "unknown option or missing value: $1; see --help"
        option[${1#--}]=$2
        shift
        ;;
      *) die 2 "unknown argument: $1; see --help" ;;
    esac
    shift
  done
}

check_options() {
  local name step last=0
  if ((dry_run)); then
    : "${option[project]:=my-project}"
    : "${option[image]:=us-central1-docker.pkg.dev/${option[project]}/landfall/landfall@sha256:$(printf '0%.0s' {1..64})}"
  fi
  [[ -n ${option[project]} ]] || die 2 '--project is missing'
  [[ ${option[image]} =~ ^[^@[:space:]]+@sha256:[0-9a-f]{64}$ ]] ||
    die 2 '--image must end with @sha256: and 64 hex digits'
  for name in watch interval timeout max-errors min-deliveries attempt; do
    [[ ${option[$name]} =~ ^(0|[1-9][0-9]*)$ ]] || die 2 "--$name must be a whole number"
  done
  for name in max-unacknowledged max-commit-failures max-dead-letters max-latency; do
    [[ ${option[$name]} =~ ^[0-9]+(\.[0-9]+)?$ ]] || die 2 "--$name must be a number"
  done
  for step in ${option[steps]}; do
    [[ $step =~ ^[1-9][0-9]*$ && $step -gt $last ]] || die 2 '--steps must rise'
    last=$step
  done
  ((last == 100)) || die 2 '--steps must end with 100'
  for name in manifest contract; do
    [[ -r ${option[$name]} ]] || die 2 "--$name: ${option[$name]} cannot be read"
  done
}

# Print a command that leaves its output in $work/OUTPUT, so that it can be pasted.
show() {
  local word line=''
  for word in "${@:2}"; do
    word=${word//"$work"/\$work}
    case $word in
      *[!A-Za-z0-9_./:=,@%+\$-]*) line+="'$word' " ;;
      *\$work*) line+="\"$word\" " ;;
      *) line+="$word " ;;
    esac
  done
  [[ $1 == log ]] || line+="> \"\$work/$1\""
  printf '%s\n' "${line% }"
}

# Successful answers of Google Cloud, for a dry run.
good_answer() {
  case $1 in
    state.json) jq -n --arg service "$service" '{status: {url: "https://\($service)-HASH.run.app", traffic: [
      {revisionName: "\($service)-OLD", percent: 100}, {tag: "canary", url: "https://canary---\($service)-HASH.run.app"}]}}' ;;
    verdict.json) echo '{"dryRun":true,"verdict":"applied"}' ;;
    samples.json) echo '{"status":"success","data":{"result":[]}}' ;;
  esac
}

# Run a command with a deadline and keep its output in $work/OUTPUT; in a dry run, print it. A
# signal waits for its end, so that a pending change cannot undo the rollback.
run() {
  local output=$1 seconds=$2
  shift 2
  if ((dry_run)); then
    show "$output" "$@" && good_answer "$output" >"$work/$output"
  else
    timeout --kill-after=10 "$seconds" "$@" >"$work/$output" ||
      { say "exit code $? of $(show log "$@")" && return 1; }
  fi
}

cloud() { run "$1" "${option[timeout]}" gcloud "${@:2}"; }

# Sleep with a builtin: a signal ends it, and it leaves no child behind.
pause() { read -rt "$1" <> <(:) || true; }
pause_briefly() { pause $((option[interval] < 5 ? option[interval] : 5)); }

# The URL of a tag takes some seconds to appear, and a cold instance some more. curl's own --retry
# would append the body of every attempt to one file.
request() {
  local try
  for try in 1 2 3 4 5; do
    run "$1" "${option[timeout]}" curl -sS --fail-with-body --max-time 20 "${@:2}" && return
    pause_briefly
  done
  return 1
}

# Put a bearer token into a file for curl, so that it does not appear in the process list.
authorize() {
  cloud token auth "${@:2}"
  run "$1" 10 sed 's/^/Authorization: Bearer /' "$work/token"
}

read_state() { cloud state.json run services describe "$service" --format=json; }
of_traffic() { jq -r --arg name "$1" "[.status.traffic[]? | $2]${3:-}" "$work/state.json"; }
tagged() { of_traffic "$1" "select(.tag == \$name).$2" ' | first // ""'; }
percent_of() { of_traffic "$1" "select(.revisionName == \$name).percent // 0" ' | add // 0'; }
serving() { of_traffic '' 'select((.percent // 0) > 0).revisionName' ' | unique | join(" ")'; }

# Same image, same settings, same name: so a run can continue where another one stopped.
name_revision() {
  local hash
  hash=$({ cat "${option[manifest]}" && echo "${option[image]} ${option[attempt]}"; } | sha256sum)
  new=$service-${hash:0:10}
}

# The revision to go back to carries the tag "previous" for as long as a canary is under way.
find_old() {
  local canary
  canary=$(tagged canary revisionName)
  old=$(tagged previous revisionName)
  if [[ -z $old ]]; then
    old=$(serving)
    [[ $old =~ ^[^\ ]+$ ]] || die 2 "no single revision has all traffic: $old"
    [[ $old != "$new" ]] || { say "$new has all traffic" && exit; }
  elif [[ $canary != "$new" ]]; then
    die 2 "the canary of ${canary:-no revision} is unfinished: finish it, or roll back with" \
      "gcloud run services update-traffic $service --to-revisions $old=100 --remove-tags canary,previous"
  fi
}

# The manifest with this image, this name, and unchanged traffic.
render_manifest() {
  awk -v image="${option[image]}" -v new="$new" -v old="$old" '
    /^  [^ #]/ { in_template = /^  template:/; in_traffic = /^  traffic:/ }
    in_traffic && traffics++ { next }
    in_traffic {
      print "  traffic:"
      print "    - { revisionName: " old ", percent: 100, tag: previous }"
      print "    - { revisionName: " new ", percent: 0, tag: canary }"
      next
    }
    in_template && /^      name:/ { next }
    in_template && /^    metadata:/ { print; print "      name: " new; names++; next }
    in_template && match($0, /^ *(- )?image: */) {
      key = substr($0, 1, RLENGTH); value = substr($0, RLENGTH + 1); repository = image
      sub(/@.*/, "", repository); gsub(/["\047]| +#.*/, "", value); sub(/(@|:[^:\/]*$).*/, "", value)
      if (value == repository) { print key image; images++; next }
    }
    { print }
    END { exit !(traffics && names == 1 && images == 1) }
  ' "${option[manifest]}"
}

deploy() {
  say "$new: deploy it without traffic, tagged canary"
  if [[ $(jq -r .status.latestReadyRevisionName "$work/state.json") == "$new" ]]; then
    # It was rolled back before. Its name is a hash of its settings, so they are the same.
    cloud log run services update-traffic "$service" --to-revisions "$old=100" \
      --update-tags "canary=$new,previous=$old"
  else
    if ((dry_run)); then
      printf '# %s as it is, but for\n#   template.metadata.name: %s\n#   image: %s\n' \
        "${option[manifest]}" "$new" "${option[image]}"
      sed -n '/^  traffic:/,/tag: canary/s/^/# /p' "$work/service.yaml"
    fi
    run log $((5 * option[timeout])) gcloud run services replace "$work/service.yaml"
  fi
}

smoke_test() {
  local url token to=()
  say "$new: check that it is ready, and send a dry-run event"
  read_state
  url=$(tagged canary url)
  [[ -n $url ]] || die 1 'no revision has the tag canary'
  [[ -z ${option[connect-to]} ]] || to=(--connect-to "::${option[connect-to]}:443")
  # Cloud Run always accepts the URL of the service as an audience
  # (https://cloud.google.com/run/docs/configuring/custom-audiences).
  token=(--audiences "${option[audience]:-$(jq -r .status.url "$work/state.json")}")
  [[ -z ${option[impersonate]} ]] ||
    token+=(--include-email --impersonate-service-account "${option[impersonate]}")
  authorize identity print-identity-token "${token[@]}"
  request ready.json "${to[@]}" --header "@$work/identity" "$url/health/ready" ||
    bad_sign "not ready: $(<"$work/ready.json")"
  run event.json 10 jq '.examples[0]' "${option[contract]}"
  request verdict.json "${to[@]}" --header "@$work/identity" --data-binary "@$work/event.json" \
    --header 'Content-Type: application/cloudevents+json' "$url/events?dryRun=true" ||
    bad_sign "the dry run is refused: $(<"$work/verdict.json")"
  jq -e '.dryRun and .verdict != "dead-lettered"' "$work/verdict.json" >"$work/log" ||
    bad_sign "the dry run says $(jq -c '.reason // .' "$work/verdict.json")"
}

shift_traffic() {
  local split="$new=$1"
  (($1 == 100)) || split+=",$old=$((100 - $1))"
  say "$new: $1 % of the traffic"
  cloud log run services update-traffic "$service" --to-revisions "$split"
}

# Log entries and samples arrive late, so each check covers the whole window again. It skips request
# logs, because they log every 503 as an error; the metrics cover these.
check_log() {
  local filter="resource.type=\"cloud_run_revision\" AND resource.labels.service_name=\"$service\"\
 AND resource.labels.location=\"${option[region]}\" AND resource.labels.revision_name=\"$new\"\
 AND severity>=ERROR AND NOT log_id(\"run.googleapis.com/requests\")"
  explain "More than ${option[max-errors]} lines are a bad sign"
  cloud errors logging read "$filter" --freshness "${window}s" --limit $((option[max-errors] + 1)) \
    --format 'value(insertId)' || bad_sign 'cannot read its log'
  (($(wc -l <"$work/errors") <= option[max-errors])) || bad_sign "errors in its log: $filter"
}

# Query Managed Prometheus. A sample in the result is a bad sign, and so is no answer.
# https://cloud.google.com/monitoring/api/ref_v3/rest/v1/projects.location.prometheus.api.v1/query
expect_none() {
  local value
  explain "A sample is a bad sign: $1"
  request samples.json --header "@$work/access" --get --data-urlencode "query=$2" \
    "https://monitoring.googleapis.com/v1/projects/${option[project]}/location/global/prometheus/api/v1/query" ||
    bad_sign "cannot query the $1"
  jq -e '.status == "success"' "$work/samples.json" >"$work/log" || bad_sign "cannot query the $1"
  value=$(jq -r '.data.result[0].value[1] // ""' "$work/samples.json")
  [[ -z $value ]] || bad_sign "$1: $value"
}

# The increase of a metric. The sidecar puts these labels on every series
# (https://github.com/GoogleCloudPlatform/run-gmp-sidecar, confgenerator/config.go).
grown() {
  echo "sum(increase($1{location=\"${option[region]}\",service_name=\"$service\",revision_name=\"$2\"${4:-}}[$3s]))"
}

check_metrics() {
  local delivery=landfall_delivery_duration_seconds commit=landfall_commit_duration_seconds_count
  local events=landfall_events_total dead=',verdict="dead-lettered"'
  local before=$((window + 3600)) mean old_mean old_dead
  mean="$(grown ${delivery}_sum "$new" $window)
  / $(grown ${delivery}_count "$new" $window)"
  old_mean="$(grown ${delivery}_sum "$old" $before)
  / $(grown ${delivery}_count "$old" $before)"
  # If the old revision settled nothing, its share is absent or NaN, which is not >= 0.
  old_dead="($(grown $events "$old" $before "$dead")
  / $(grown $events "$old" $before) >= 0 or vector(0))"
  authorize access print-access-token
  expect_none 'share of deliveries not acknowledged' "$(grown ${delivery}_count "$new" $window ',acknowledged="false"')
  / $(grown ${delivery}_count "$new" $window)
  > ${option[max-unacknowledged]}"
  expect_none 'share of commits that failed' "$(grown $commit "$new" $window ',outcome!="ok"')
  / $(grown $commit "$new" $window)
  > ${option[max-commit-failures]}"
  expect_none 'share of events dead-lettered' "$(grown $events "$new" $window "$dead")
  / $(grown $events "$new" $window)
  > 2 * $old_dead + ${option[max-dead-letters]}"
  expect_none 'mean seconds of a delivery' "$mean > ${option[max-latency]}
  or $mean > 2 * $old_mean + 0.1"
}

# Silence is a bad sign too: the metrics may be broken.
expect_deliveries() {
  expect_none 'number of deliveries in the metrics' \
    "($(grown landfall_delivery_duration_seconds_count "$new" $window) or vector(0)) < ${option[min-deliveries]}"
}

watch_step() {
  local end=$((SECONDS + (dry_run ? 0 : option[watch])))
  say "$new: watch it for ${option[watch]} s, and check it every ${option[interval]} s"
  if ((dry_run && shown++)); then return; fi
  while :; do
    check_log
    check_metrics
    ((SECONDS < end)) || break
    pause "${option[interval]}"
  done
  explain "After ${option[watch]} s"
  expect_deliveries
}

# gcloud may report the failure of the newest revision although it has moved the traffic, so check
# where the traffic is.
roll_back() {
  local try
  say "$old: move all traffic back to it"
  for try in 1 2 3 4 5; do
    cloud log run services update-traffic "$service" --to-revisions "$old=100" --remove-tags canary,previous
    read_state
    [[ $(percent_of "$old") != 100 ]] || return 0
    say "try $try did not bring the traffic back"
    pause_briefly
  done
  return 1
}

# The canary succeeded, and no signal undoes it.
finish() {
  trap '' INT TERM HUP
  rollback_due=0
  say "$new: it has all traffic; remove the tags"
  cloud log run services update-traffic "$service" --remove-tags canary,previous ||
    say 'the tags canary and previous are still there: remove them before the next canary'
}

# Every exit except success rolls back.
leave() {
  local status=$?
  set +e
  trap - EXIT
  trap '' INT TERM HUP
  if ((rollback_due)); then
    if roll_back; then
      status=1
      say "$old: it has all traffic"
    else
      status=3
      say "ROLLBACK FAILED. Run: gcloud run services update-traffic $service --project ${option[project]}" \
        "--region ${option[region]} --to-revisions $old=100"
    fi
  elif ((status)); then
    status=2
  fi
  rm -rf "$work"
  exit "$status"
}

parse_options "$@"
work=$(mktemp -d)
trap leave EXIT
trap 'say interrupted; exit 1' INT TERM HUP
trap '' PIPE # If the reader of the messages is gone, the traffic must not stay split.
check_options
service=${option[service]}
window=$((option[watch] > 300 ? option[watch] : 300))
settings=("CLOUDSDK_CORE_PROJECT=${option[project]}" "CLOUDSDK_RUN_REGION=${option[region]}"
  CLOUDSDK_CORE_DISABLE_PROMPTS=1)
export "${settings[@]}"
if ((dry_run)); then printf 'export %s\nwork=%s\n' "${settings[*]}" "\$(mktemp -d)"; fi

name_revision
say 'Find the revision that has the traffic'
read_state
find_old
render_manifest >"$work/service.yaml" ||
  die 2 "${option[manifest]} lacks spec.traffic, spec.template.metadata or one image of this repository"
rollback_due=1
[[ -n $(tagged previous revisionName) ]] || deploy
smoke_test
reached=$(percent_of "$new")
for step in ${option[steps]}; do
  ((step >= reached)) || continue
  shift_traffic "$step"
  watch_step
done
finish
if ((dry_run)); then
  say 'At the first bad sign, at a failure and at a signal:'
  roll_back
fi
