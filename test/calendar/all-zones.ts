/*
 * Compares every time zone of this Node with Python's zoneinfo, which has code and a copy of the tz database of its own:
 * one second before and at every change from 1973 to 2037, and the beginning of each local day beside it.
 * Where the two have different versions of the tz database, zones whose rules changed between them differ.
 *
 * Usage: npx tsx test/calendar/all-zones.ts [FROM_YEAR TO_YEAR]
 */
import { execFileSync } from 'node:child_process';
import { openTimeZone } from '../../src/calendar/time-zone.js';

const PYTHON = `
import json, sys
from datetime import datetime, timedelta, timezone
from zoneinfo import ZoneInfo, available_timezones
first, last = (int(datetime(y, 1, 1, tzinfo=timezone.utc).timestamp()) for y in map(int, sys.argv[1:3]))
EPOCH = datetime(1970, 1, 1, tzinfo=timezone.utc)
for name in json.load(sys.stdin):
    if name not in available_timezones():
        continue
    zone = ZoneInfo(name)
    at = lambda t: (EPOCH + timedelta(seconds=t)).astimezone(zone)
    offset = lambda t: int(at(t).utcoffset().total_seconds())
    seconds, step = [], 2 * 86400
    for t in range(first, last, step):
        if offset(t) == offset(t + step):
            continue
        low, high = t, t + step
        while high - low > 1:
            middle = (low + high) // 2
            if offset(middle) == offset(low): low = middle
            else: high = middle
        seconds += [high - 1, high, high + 60, high + 1800]
    rows = [[t, offset(t), (at(t).date() - EPOCH.date()).days] for t in seconds]
    print(json.dumps([name, rows]))
`;

const [from = '1973', to = '2038'] = process.argv.slice(2);
const names = ['UTC', ...Intl.supportedValuesOf('timeZone')];
const lines = execFileSync('python3', ['-c', PYTHON, from, to], {
  input: JSON.stringify(names),
  encoding: 'utf8',
  maxBuffer: 2 ** 30,
});

let [zones, instants] = [0, 0];
const different: string[] = [];
for (const line of lines.trimEnd().split('\n')) {
  const [name, rows]: [string, [number, number, number][]] = JSON.parse(line);
  const zone = openTimeZone(name);
  zones++;
  for (const [seconds, offset, day] of rows) {
    instants++;
    const instant = seconds * 1000;
    const begins = zone.startOfDay(day);
    const isStart = zone.dayOf(begins) === day && begins <= instant && zone.dayOf(begins - 1) < day;
    if (zone.offsetAt(instant) !== offset * 1000 || zone.dayOf(instant) !== day || !isStart) {
      different.push(`${name} ${new Date(instant).toISOString()}`);
    }
  }
}
for (const difference of different) process.stdout.write(`${difference}\n`);
process.stdout.write(
  `${zones} of ${names.length} zones, ${instants} instants from ${from} to ${to}, tz ${process.versions.tz}: ${different.length} differ\n`,
);
process.exitCode = different.length === 0 ? 0 : 1;
