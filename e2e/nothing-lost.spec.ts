/** What the user paints, clicks and chooses stays, and messages stay out of the way. */
import type { Page } from '@playwright/test';
import { expect, test } from './host-fixture.ts';
import { drag, goToFrame, maskStrength, openSample, pagePoint } from './window.ts';

const onRabbit = { x: 560, y: 370 };
const inGrass = { x: 1000, y: 600 };
const isMasked = 20;

const messages = (page: Page) => page.getByRole('list', { name: 'Messages' }).locator('li');

/** Waits with the answers to requests for pictures until `release`. */
const holdPictures = async (page: Page): Promise<{ release: () => void }> => {
  const held: (() => void)[] = [];
  let isHeld = false;
  await page.routeWebSocket(/\/ws/, (socket) => {
    const server = socket.connectToServer();
    server.onMessage((message) => {
      if (isHeld && typeof message !== 'string') held.push(() => socket.send(message));
      else socket.send(message);
    });
  });
  return {
    get release() {
      isHeld = true;
      return () => {
        isHeld = false;
        for (const send of held.splice(0)) send();
      };
    },
  };
};

test('nothing painted, clicked or chosen is lost', async ({ app: page, host }) => {
  test.skip(host === 'electron', 'pictures are held back on the socket of the served window');
  const pictures = await holdPictures(page);
  await page.reload();
  await expect(page.getByRole('button', { name: 'Open the sample clip' })).toBeEnabled();
  await openSample(page);
  const frame = page.getByLabel('Frame number');

  await test.step('strokes are applied when their frame is left, and can be undone', async () => {
    await page.keyboard.press('p');
    await drag(page, inGrass, { x: 1080, y: 640 });
    await expect(page.getByText('1 stroke', { exact: true })).toBeVisible();
    await page.keyboard.press('ArrowRight');
    await expect(frame).toHaveText('1');
    await expect(messages(page)).toContainText(['Your strokes on frame 0 were applied']);
    await goToFrame(page, 0);
    await page.mouse.move(5, 5);
    await expect.poll(() => maskStrength(page, inGrass.x + 10, inGrass.y + 5)).toBeGreaterThan(isMasked);
    await expect(page.getByText(/1 prompt/)).toBeVisible();
    await page.keyboard.press('Control+z');
    await expect.poll(() => maskStrength(page, inGrass.x + 10, inGrass.y + 5)).toBe(0);
  });

  await test.step('strokes are applied when another object is chosen', async () => {
    await drag(page, inGrass, { x: 1080, y: 640 });
    await page.keyboard.press('Escape');
    await expect(page.getByText('1 stroke', { exact: true })).toHaveCount(0);
    await drag(page, inGrass, { x: 1080, y: 640 });
    await page.keyboard.press('a');
    await page.mouse.move(5, 5);
    await expect.poll(() => maskStrength(page, inGrass.x + 10, inGrass.y + 5)).toBeGreaterThan(isMasked);
  });

  await test.step('an object that is protected is not painted on', async () => {
    await page.keyboard.press('2');
    await page.keyboard.press('p');
    await page.keyboard.press('Shift+l');
    await drag(page, { x: 600, y: 600 }, { x: 640, y: 640 });
    await expect(messages(page)).toContainText(['protected']);
    await expect(page.getByText('1 stroke', { exact: true })).toHaveCount(0);
    await page.keyboard.press('Shift+l');
  });

  await test.step('while a picture loads the former one is dim, and a click stays with it', async () => {
    await page.keyboard.press('q');
    const release = pictures.release;
    await page.keyboard.press('End');
    await expect(page.getByText('Loading frame 131…')).toBeVisible();
    await page.keyboard.press('f');
    const at = await pagePoint(page, onRabbit.x, onRabbit.y);
    await page.mouse.click(at.x, at.y);
    release();
    await expect(page.getByRole('button', { name: /^Positive point/ })).toHaveCount(1);
    await expect(frame).toHaveText('0');
    await expect(page.getByText('Loading frame 131…')).toHaveCount(0);
  });

  await test.step('after a click with the mouse the keys are the clip’s', async () => {
    await page.getByText('Forward', { exact: true }).first().click();
    await page.keyboard.press('ArrowRight');
    await expect(frame).toHaveText('1');
    await expect(page.getByRole('radio', { name: 'Forward' })).toBeChecked();
    await page.getByRole('slider', { name: 'Mask opacity' }).click();
    await page.keyboard.press('ArrowRight');
    await expect(frame).toHaveText('2');
  });

  await test.step('a short press on H turns the masks off, a long one for as long as it lasts', async () => {
    const hidden = page.getByRole('button', { name: /^Show or hide all masks/, pressed: true });
    await page.keyboard.press('h');
    await expect(hidden).toHaveCount(1);
    await page.keyboard.press('h');
    await expect(hidden).toHaveCount(0);
    await page.keyboard.press('h', { delay: 400 });
    await expect(hidden).toHaveCount(0);
  });

  await test.step('an address that can not be opened says so while it is typed, and the typed text is replaced', async () => {
    await page.keyboard.press('Control+o');
    const dialog = page.getByRole('dialog', { name: 'Open a clip' });
    await page.keyboard.type('ftp://example.org/a.mp4');
    await expect(dialog.getByRole('textbox').first()).toHaveValue('ftp://example.org/a.mp4');
    await expect(dialog.getByText('ftp is not supported')).toBeVisible();
    await expect(dialog.getByRole('button', { name: 'Open', exact: true })).toBeDisabled();
    await dialog.getByRole('textbox').first().fill('/nowhere/at-all.mp4');
    await page.keyboard.press('Enter');
    await expect(dialog.getByRole('alert')).toBeVisible();
    await expect(dialog.getByRole('textbox').first()).toHaveValue('/nowhere/at-all.mp4');
    await page.keyboard.press('Escape');
  });

  await test.step('at most two messages are shown, and clicks beside their buttons go through', async () => {
    for (const key of ['Shift+g', 'Control+s', 'Shift+,', 'Control+z']) await page.keyboard.press(key);
    await expect.poll(() => messages(page).count()).toBeLessThan(3);
    const rail = await page.getByRole('toolbar', { name: 'Tools' }).boundingBox();
    for (const message of await messages(page).all()) {
      const box = await message.boundingBox();
      if (box) expect(box.x).toBeGreaterThanOrEqual(rail!.x + rail!.width);
    }
    await expect(messages(page)).toHaveCount(0);
  });
});

// In a test of its own: a socket that is held back here would lose what is sent while the page goes.
test('strokes survive a reload', async ({ app: page }) => {
  await openSample(page);
  await page.keyboard.press('p');
  await drag(page, inGrass, { x: 1080, y: 640 });
  await expect(page.getByText('1 stroke', { exact: true })).toBeVisible();
  await page.reload();
  await expect.poll(() => maskStrength(page, inGrass.x + 10, inGrass.y + 5)).toBeGreaterThan(isMasked);
});
