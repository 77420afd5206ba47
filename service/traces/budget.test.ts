import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type BudgetDecision, createBudget } from './budget.js';

const LOOK_NS = 100e6;
const FIVE_PERCENT = 50;

/** Looks at a probe that takes this share of a core when all its hits are kept, plus what every hit costs. */
function run(budget: ReturnType<typeof createBudget>, looks: number, share: number, floor = 0) {
	const decisions: BudgetDecision[] = [];
	for (let i = 0; i < looks; i++) {
		const [n = 1] = budget.oneIn;
		decisions.push(budget.look(LOOK_NS, [LOOK_NS * (floor + share / n)], FIVE_PERCENT));
	}
	return decisions;
}

const stepsOf = (decisions: readonly BudgetDecision[]) =>
	decisions.flatMap((decision) => (typeof decision === 'string' ? [] : [decision.oneIn]));

test('a trace within its budget is left alone', () => {
	assert.deepEqual(stepsOf(run(createBudget(1), 1_000, 0.05)), []);
});

test('a burst of less than a tenth of a second of program time costs no step', () => {
	const budget = createBudget(1);
	assert.deepEqual(stepsOf(run(budget, 1, 0.99)), []);
	assert.deepEqual(stepsOf(run(budget, 30, 0)), []);
	assert.deepEqual(stepsOf(run(budget, 1, 0.99)), []);
});

test('over the budget the sampling doubles until it fits, and stays there', () => {
	const budget = createBudget(1);
	const decisions = run(budget, 100, 0.4);
	assert.deepEqual(stepsOf(decisions), [2, 4, 8]);
	assert.equal(budget.steps, 3n);
	assert.ok(!decisions.includes('exceeded'));
	const [first] = decisions.filter((decision) => typeof decision !== 'string');
	assert.deepEqual(first, { probeIndex: 0, oneIn: 2, permille: 400 });
});

test('when the load falls, it recovers step by step', () => {
	const budget = createBudget(1);
	run(budget, 100, 0.4);
	assert.deepEqual(stepsOf(run(budget, 100, 0.01)), [4, 2, 1]);
	assert.deepEqual(budget.oneIn, [1]);
});

test('what does not fit at 1 in 1,024 either is exceeded, a second later', () => {
	const budget = createBudget(1);
	const decisions = run(budget, 40, 0.4, 0.06);
	assert.deepEqual(stepsOf(decisions), [2, 4, 8, 16, 32, 64, 128, 256, 512, 1_024]);
	const last = decisions.findLastIndex((decision) => typeof decision !== 'string');
	assert.equal(decisions.indexOf('exceeded'), last + 10);
});

test('the costliest probe is changed first, the most sampled one recovers first', () => {
	const budget = createBudget(2);
	const look = (a: number, b: number) => budget.look(LOOK_NS, [LOOK_NS * a, LOOK_NS * b], FIVE_PERCENT);
	look(0.3, 0.4);
	assert.deepEqual(look(0.5, 0.6), { probeIndex: 1, oneIn: 2, permille: 1_100 });
	assert.deepEqual(look(0.5, 0.3), { probeIndex: 0, oneIn: 2, permille: 800 });
	assert.deepEqual(look(0.25, 0.3), { probeIndex: 1, oneIn: 4, permille: 550 });
	const recovered: BudgetDecision[] = [];
	for (let i = 0; i < 200; i++) recovered.push(look(0, 0));
	assert.deepEqual(
		recovered.flatMap((decision) => (typeof decision === 'string' ? [] : [decision.probeIndex])),
		[1, 0, 1],
	);
});

test('without a budget nothing is ever over, and an old step is taken back', () => {
	const budget = createBudget(1);
	run(budget, 100, 0.4);
	const decisions: BudgetDecision[] = [];
	for (let i = 0; i < 100; i++) decisions.push(budget.look(LOOK_NS, [LOOK_NS * 5], 0));
	assert.deepEqual(stepsOf(decisions), [4, 2, 1]);
});
