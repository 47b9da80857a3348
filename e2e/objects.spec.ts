/** Objects and the tools that make them: points by mouse and keyboard, boxes, the brush; the list; what is tracked. */
import { expect, test } from './host-fixture.ts';
import { clickImage, drag, goToFrame, maskStrength, openSample, pagePoint } from './window.ts';

const onRabbit = { x: 560, y: 370 };
const inGrass = { x: 1000, y: 600 };
const isMasked = 15;

test('every tool makes and corrects a mask', async ({ app: page }) => {
  await openSample(page);
  await goToFrame(page, 60);
  const positive = page.getByRole('button', { name: /^Positive point/ });
  const negative = page.getByRole('button', { name: /^Negative point/ });

  await test.step('the eraser makes no object of nothing', async () => {
    await page.keyboard.press('x');
    await drag(page, inGrass, { x: 1080, y: 640 });
    await expect(page.getByText('Nothing to erase here.')).toBeVisible();
    await page.keyboard.press('Enter');
    await page.keyboard.press('q');
  });

  await test.step('the keyboard alone points and prompts', async () => {
    for (let n = 0; n < 3; n++) await page.keyboard.press('Control+ArrowLeft');
    await page.keyboard.press('Control+Shift+ArrowUp');
    await page.keyboard.press('e');
    await expect(positive).toHaveCount(1);
    await expect.poll(() => maskStrength(page, onRabbit.x + 20, onRabbit.y)).toBeGreaterThan(isMasked);
    await positive.focus();
    await page.keyboard.press('Delete');
    await expect(positive).toHaveCount(0);
    await expect(page.getByRole('region', { name: 'Objects' }).getByRole('listitem')).toHaveCount(1);
  });

  await test.step('Alt+click is negative, Backspace takes the last point away', async () => {
    await clickImage(page, onRabbit.x, onRabbit.y);
    const at = await pagePoint(page, 300, 300);
    await page.keyboard.down('Alt');
    await page.mouse.click(at.x, at.y);
    await page.keyboard.up('Alt');
    await expect(negative).toHaveCount(1);
    await page.keyboard.press('Backspace');
    await expect(negative).toHaveCount(0);
    await expect(positive).toHaveCount(1);
  });

  await test.step('strokes made before the mask of a click has come are added to it', async () => {
    await goToFrame(page, 61);
    await clickImage(page, onRabbit.x, onRabbit.y);
    await page.keyboard.press('p');
    await drag(page, inGrass, { x: 1080, y: 640 });
    await page.keyboard.press('Enter');
    await expect(positive).toHaveCount(0);
    await page.mouse.move(5, 5);
    await expect.poll(() => maskStrength(page, inGrass.x + 10, inGrass.y + 5)).toBeGreaterThan(isMasked);
    expect(await maskStrength(page, onRabbit.x, onRabbit.y)).toBeGreaterThan(isMasked);
    await page.keyboard.press('Control+z');
    await page.keyboard.press('Control+z');
    await page.keyboard.press('q');
    await goToFrame(page, 60);
  });

  await test.step('strokes are painted, taken back one by one, and applied as the mask', async () => {
    await page.keyboard.press('p');
    await drag(page, inGrass, { x: 1080, y: 640 });
    await drag(page, { x: 700, y: 640 }, { x: 720, y: 640 });
    await expect(page.getByText('2 strokes')).toBeVisible();
    await page.keyboard.press('Control+z');
    await expect(page.getByText('1 stroke', { exact: true })).toBeVisible();
    await page.keyboard.press('Enter');
    await expect(page.getByText('1 stroke', { exact: true })).toHaveCount(0);
    await page.mouse.move(5, 5);
    await expect.poll(() => maskStrength(page, inGrass.x + 10, inGrass.y + 5)).toBeGreaterThan(isMasked);
    expect(await maskStrength(page, onRabbit.x, onRabbit.y)).toBeGreaterThan(isMasked);
    await expect(positive).toHaveCount(0);
  });

  await test.step('the eraser takes it away; Esc discards', async () => {
    await page.keyboard.press('x');
    await page.keyboard.press(']');
    await drag(page, inGrass, { x: 1080, y: 640 });
    await page.keyboard.press('Escape');
    await expect(page.getByText('1 stroke', { exact: true })).toHaveCount(0);
    await drag(page, { x: 990, y: 595 }, { x: 1085, y: 643 });
    await page.getByRole('button', { name: 'Apply' }).click();
    await expect.poll(() => maskStrength(page, inGrass.x + 10, inGrass.y + 5)).toBe(0);
  });

  await test.step('each step is taken back by one press, and done again', async () => {
    await page.keyboard.press('q');
    await page.keyboard.press('Control+z');
    await expect.poll(() => maskStrength(page, inGrass.x + 10, inGrass.y + 5)).toBeGreaterThan(isMasked);
    await page.keyboard.press('Control+z');
    await expect(positive).toHaveCount(1);
    await page.keyboard.press('Control+Shift+z');
    await expect(positive).toHaveCount(0);
    await page.keyboard.press('Control+y');
    await expect.poll(() => maskStrength(page, inGrass.x + 10, inGrass.y + 5)).toBe(0);
  });

  await test.step('the hand moves the picture, Ctrl+click picks an object', async () => {
    await page.keyboard.press('w');
    const before = await pagePoint(page, 100, 100);
    await drag(page, { x: 600, y: 300 }, { x: 700, y: 330 });
    const after = await pagePoint(page, 100, 100);
    expect(after.x).toBeGreaterThan(before.x + 20);
    await page.keyboard.press('Control+0');
    await page.keyboard.press('f');
    await expect(page.getByRole('button', { name: /^Object 1/ })).toHaveAttribute('aria-pressed', 'false');
    const at = await pagePoint(page, onRabbit.x, onRabbit.y);
    await page.keyboard.press('q');
    await page.keyboard.down('Control');
    await page.mouse.click(at.x, at.y);
    await page.keyboard.up('Control');
    await expect(page.getByRole('button', { name: /^Object 1/ })).toHaveAttribute('aria-pressed', 'true');
  });
});

test('objects are coloured, shown alone, protected and tracked by themselves in a range', async ({ app: page }) => {
  await openSample(page);
  await goToFrame(page, 60);
  await clickImage(page, onRabbit.x, onRabbit.y);
  await expect(page.getByText('Not tracked · 1 prompt')).toBeVisible();
  await page.keyboard.press('f');
  await drag(page, { x: 800, y: 250 }, { x: 1150, y: 500 });
  const first = page.getByRole('button', { name: /^Object 1/ });
  const second = page.getByRole('button', { name: /^Object 2/ });
  await expect(second).toContainText('1 prompt');

  await test.step('digits and Alt+arrows select', async () => {
    await page.keyboard.press('1');
    await expect(first).toHaveAttribute('aria-pressed', 'true');
    await page.keyboard.press('Alt+ArrowDown');
    await expect(second).toHaveAttribute('aria-pressed', 'true');
  });

  await test.step('a colour is picked by keyboard', async () => {
    await page.keyboard.press('Shift+C');
    const picker = page.getByRole('group', { name: 'Colour of Object 2' });
    await expect(picker).toBeVisible();
    await page.keyboard.press('ArrowRight');
    await page.keyboard.press('Enter');
    await expect(picker).toHaveCount(0);
    await expect(page.locator('[fill="#ffd23f"]').first()).toBeVisible();
  });

  await test.step('one is shown alone, then all again', async () => {
    await page.keyboard.press('Alt+h');
    await expect.poll(() => maskStrength(page, onRabbit.x + 30, onRabbit.y)).toBe(0);
    await page.keyboard.press('Shift+V');
    await expect.poll(() => maskStrength(page, onRabbit.x + 30, onRabbit.y)).toBeGreaterThan(isMasked);
  });

  await test.step('a protected object is not changed by clicks', async () => {
    await first.click({ button: 'right' });
    await page.getByRole('menuitemcheckbox', { name: 'Protect from changes' }).click();
    // The window knows of the protection when the host has told it.
    await expect(page.locator('svg[aria-label="Protect from changes"]')).toBeVisible();
    await clickImage(page, 600, 500);
    await expect(page.getByText(/protected from changes/)).toBeVisible();
    await expect(first).toContainText('1 prompt');
    // Tracking leaves a protected object out, so the protection comes off again.
    await first.click({ button: 'right' });
    await page.getByRole('menuitemcheckbox', { name: 'Protect from changes' }).click();
  });

  await test.step('only the selected object is tracked, only in the marked range', async () => {
    await page.keyboard.press('1');
    await goToFrame(page, 62);
    await page.keyboard.press('o');
    await goToFrame(page, 57);
    await page.keyboard.press('i');
    await page.getByText('Selected only').click();
    await page.getByRole('button', { name: 'Track the marked range' }).click();
    await expect(first).toContainText('6 frames', { timeout: 60_000 });
    await expect(second).toContainText('Not tracked');
  });

  await test.step('objects are put in order, merged and deleted, and all of it is taken back', async () => {
    const rows = page.getByRole('region', { name: 'Objects' }).getByRole('listitem');
    await rows.last().dragTo(rows.first());
    await expect(rows.first()).toContainText('Object 2');
    await page.keyboard.press('Control+z');
    await expect(rows.first()).toContainText('Object 1');
    await page.keyboard.press('Alt+Shift+ArrowDown');
    await expect(rows.first()).toContainText('Object 2');
    await first.click({ button: 'right' });
    await page.getByRole('menuitem', { name: 'Merge into Object 2' }).click();
    await expect(first).toHaveCount(0);
    await expect(second).toContainText('6 frames');
    await page.keyboard.press('Control+z');
    await expect(first).toContainText('6 frames');
    await first.click();
    await page.keyboard.press('Delete');
    await expect(first).toHaveCount(0);
    await page.keyboard.press('Control+z');
    await expect(first).toContainText('6 frames');
    await expect(second).toBeVisible();
  });

  await test.step('the keyboard merges too: with the object it is asked for', async () => {
    await page.keyboard.press('2');
    await expect(first).toHaveAttribute('aria-pressed', 'true');
    await page.keyboard.press('Shift+M');
    const menu = page.getByRole('menu', { name: 'Merge Object 1 into' });
    await expect(menu.getByRole('menuitem', { name: 'Merge into Object 2' })).toBeFocused();
    await page.keyboard.press('Escape');
    await expect(menu).toHaveCount(0);
    await page.keyboard.press('Shift+M');
    await page.keyboard.press('Enter');
    await expect(first).toHaveCount(0);
    await page.keyboard.press('Control+z');
    await expect(first).toContainText('6 frames');
  });
});

test('several objects are selected, and what is done to them is one step', async ({ app: page }) => {
  await openSample(page);
  await goToFrame(page, 60);
  const row = (n: number) => page.getByRole('button', { name: new RegExp(`^Object ${n}`) });
  const chosen = page.getByRole('region', { name: 'Objects' }).locator('[aria-pressed=true]');
  // An object may come at any frame, and there is no end to them.
  for (let n = 1; n <= 11; n++) {
    await page.keyboard.press('a');
    await expect(row(n)).toHaveAttribute('aria-pressed', 'true');
  }
  const lanes = page.locator('[data-part="lane-list"]');
  await expect.poll(() => lanes.evaluate(({ scrollTop, clientHeight }) => scrollTop + clientHeight)).toBeGreaterThanOrEqual(11 * 24);
  await page.keyboard.press('1');
  await expect(chosen).toHaveCount(1);
  await expect.poll(() => lanes.evaluate(({ scrollTop }) => scrollTop)).toBe(0);

  await test.step('by the keyboard', async () => {
    await page.keyboard.press('Shift+ArrowDown');
    await page.keyboard.press('Shift+ArrowDown');
    await expect(chosen).toHaveCount(3);
    await expect(page.getByText('3 selected. Commands apply to all of them; clicks refine Object 1.')).toBeVisible();
    await page.keyboard.press('v');
    await expect(page.getByRole('button', { name: /^Show Object/ })).toHaveCount(3);
    await page.keyboard.press('Control+z');
    await expect(page.getByText('Undone: Hide objects')).toBeVisible();
    await expect(page.getByRole('button', { name: /^Show Object/ })).toHaveCount(0);
    await page.keyboard.press('Control+a');
    await expect(chosen).toHaveCount(11);
    await page.keyboard.press('Escape');
    await expect(chosen).toHaveCount(0);
  });

  await test.step('by the mouse, and merged into the one that clicks refine', async () => {
    await row(10).click();
    await row(11).click({ modifiers: ['Control'] });
    await row(2).click({ modifiers: ['Control'] });
    await expect(chosen).toHaveCount(3);
    await row(2).click({ modifiers: ['Control'] });
    await expect(chosen).toHaveCount(2);
    await row(7).click({ modifiers: ['Shift'] });
    await expect(chosen).toHaveCount(4);
    await page.keyboard.press('Shift+M');
    await expect(page.getByRole('region', { name: 'Objects' }).getByRole('listitem')).toHaveCount(8);
    await expect(row(10)).toBeVisible();
    await page.keyboard.press('Control+z');
    await expect(page.getByRole('region', { name: 'Objects' }).getByRole('listitem')).toHaveCount(11);
  });

  await test.step('and everything is taken back by the keyboard, each step by its name, and done again', async () => {
    const panel = page.getByRole('region', { name: 'Objects' });
    const hare = page.getByRole('button', { name: /^Hare/ });
    const lock = panel.locator('svg[aria-label="Protect from changes"]');
    await page.keyboard.press('3');
    await expect(row(3)).toHaveAttribute('aria-pressed', 'true');
    const start = await panel.getByRole('list').innerText();
    const steps: [label: string, keys: string[], done: () => Promise<void>][] = [
      ['Rename object', ['F2', 'Control+a', 'H', 'a', 'r', 'e', 'Enter'], () => expect(hare).toBeVisible()],
      ['Change colour', ['Shift+C', 'ArrowRight', 'Enter'], () => expect(panel.getByRole('group')).toHaveCount(0)],
      ['Solo object', ['Alt+h'], () => expect(panel.locator('svg[aria-label="Show alone"]')).toBeVisible()],
      ['Hide object', ['v'], () => expect(panel.getByRole('button', { name: 'Show Hare' })).toBeVisible()],
      ['Protect object', ['Shift+L'], () => expect(lock).toBeVisible()],
      ['Unprotect object', ['Shift+L'], () => expect(lock).toHaveCount(0)],
      ['Reorder objects', ['Alt+Shift+ArrowUp'], () => expect(panel.getByRole('listitem').nth(1)).toContainText('Hare')],
      ['Delete object', ['Delete'], () => expect(hare).toHaveCount(0)],
      ['Add object', ['a'], () => expect(row(12)).toBeVisible()],
    ];
    for (const [, keys, done] of steps) {
      for (const key of keys) await page.keyboard.press(key);
      await done();
    }
    const end = await panel.getByRole('list').innerText();
    for (const [label] of steps.toReversed()) {
      await page.keyboard.press('Control+z');
      await expect(page.getByText(`Undone: ${label}`, { exact: true })).toBeVisible();
    }
    await expect.poll(() => panel.getByRole('list').innerText()).toBe(start);
    for (const [label] of steps) {
      await page.keyboard.press('Control+Shift+z');
      await expect(page.getByText(`Redone: ${label}`, { exact: true })).toBeVisible();
    }
    await expect.poll(() => panel.getByRole('list').innerText()).toBe(end);
  });
});
