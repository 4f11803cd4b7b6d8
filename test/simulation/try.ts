import { ACT_NAMES, simulate, violationText } from '../../packages/testkit/src/simulation/index.ts';
import { engineUnderTest } from './engine-under-test.ts';
void violationText; void ACT_NAMES;
const from = Number(process.argv[2] ?? 1); const n = Number(process.argv[3] ?? 1);
const opts = process.argv[4] ? JSON.parse(process.argv[4]) : {};
const counts = new Map<string, number[]>();
const t = performance.now(); const cpu = process.cpuUsage(); const fails = new Set<number>();
for (let seed = from; seed < from + n; seed++) {
  const r = await simulate(seed, engineUnderTest, opts);
  if (n === 1) console.log(r.trace());
  if (r.violations.length) fails.add(seed);
  for (const v of r.violations) { const k = v.invariant+' '+v.rule+' '+v.text.replace(/[a-z]+\d*@\S+|\S+\/\S+|event \d+/gi,'X').slice(0,140); counts.set(k,[...(counts.get(k)??[]),seed]); }
}
console.log(`${fails.size} of ${n} fail; ${((performance.now()-t)/n).toFixed(1)} ms a seed, cpu ${(process.cpuUsage(cpu).user/1000/n).toFixed(0)}+${(process.cpuUsage(cpu).system/1000/n).toFixed(0)}`);
for (const [k, s] of [...counts].sort((a,b)=>b[1].length-a[1].length)) console.log(s.length, k, '::', [...new Set(s)].slice(0,8).join(' '));
