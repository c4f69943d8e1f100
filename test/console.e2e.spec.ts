import { existsSync } from 'node:fs';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { apiKey, call, type Platform, platform } from './support/platform.ts';
import { verifies, webhookReceiver } from './support/webhook-receiver.ts';

const chromium = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'].find(existsSync);
if (!chromium) console.warn('The console is not opened in a browser: there is no Chromium here. On Debian: apt-get install chromium');

const flags = [
  '--headless',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

describe.skipIf(!chromium)('the console in a real browser (skipped where there is no Chromium)', () => {
  let here: Platform;
  let browser: Browser;
  // One for all pages: what a page keeps is its tab's own.
  let context: BrowserContext;
  const customer = { id: 'customer-of-the-console', email: 'ann@example.org', name: 'Ann' };

  beforeAll(async () => {
    here = await platform();
    const { chromium: launcher } = await import('playwright-core');
    [browser] = await Promise.all([
      launcher.launch({ executablePath: chromium ?? '', args: flags }),
      here.start({ WEBHOOK_ALLOW_HTTP: 'true', WEBHOOK_ALLOW_OWN_NETWORKS: 'true' }),
    ]);
    context = await browser.newContext();
  });
  afterEach(async () => {
    await Promise.all(context.pages().map((page) => page.close()));
  });
  afterAll(async () => {
    await browser?.close();
    await here?.close();
  });

  const charged = async (amount: number, currency: string, reference: string, token = 'tok_success'): Promise<string> => {
    const payments = `${here.paymentUrl}/api/v1/payments`;
    const created = await call('POST', payments, { amount, currency, reference, customer });
    const id = String(created.body.id);
    const { status } = await call('POST', `${payments}/${id}/process`, { paymentMethod: { type: 'card', token } });
    expect([created.status, status]).toEqual([201, 200]);
    return id;
  };

  /** A page, what its own console complained of, and whom it called beside our two services. */
  const opened = async (url = here.paymentUrl) => {
    const page = await context.newPage();
    const complaints: string[] = [];
    const strangers: string[] = [];
    page.on('console', (message) => ['error', 'warning'].includes(message.type()) && complaints.push(message.text()));
    page.on('pageerror', (error) => complaints.push(error.message));
    page.on('request', (request) => {
      const known = [here.paymentUrl, here.notificationUrl, 'data:', 'blob:'].some((start) => request.url().startsWith(start));
      if (!known) strangers.push(request.url());
    });
    await page.goto(`${url}/console/`);
    return { page, complaints, strangers };
  };
  const signedIn = async (url?: string) => {
    const one = await opened(url);
    await one.page.getByLabel('API key').fill(apiKey);
    await one.page.keyboard.press('Enter');
    await one.page.getByRole('heading', { name: 'Payments' }).waitFor();
    return one;
  };
  const refreshed = async <T>(page: Page, look: () => Promise<T>): Promise<T> => {
    await page.getByRole('button', { name: 'Refresh' }).click();
    return look();
  };
  const focused = (page: Page): Promise<string> => page.evaluate('document.activeElement?.textContent?.trim() || document.activeElement?.id');

  it('asks for the key, and keeps out who has none', async () => {
    const { page, strangers } = await opened();
    await page.getByLabel('API key').fill('not-a-key');
    await page.getByRole('button', { name: 'Open the console' }).click();
    await page.getByText('This key is not known here.').waitFor();
    await page.getByLabel('API key').fill(apiKey);
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: 'Payments' }).waitFor();
    expect(await page.evaluate('[Object.keys(localStorage).length, document.cookie, location.href.includes("key")]')).toEqual([0, '', false]);
    await page.getByRole('button', { name: 'Forget key' }).click();
    await page.getByLabel('API key').waitFor();
    expect(strangers).toEqual([]);
  });

  it('lists payments with their money as it is written, and filters them', async () => {
    await charged(1_999, 'GBP', 'in-pounds');
    await charged(5_400, 'JPY', 'in-yen');
    await charged(12_345, 'KWD', 'in-dinars');
    await call('POST', `${here.paymentUrl}/api/v1/payments`, { amount: 100, currency: 'EUR', reference: 'not-yet' });
    const { page, complaints, strangers } = await signedIn();
    const rows = page.getByRole('row');
    await expect.poll(() => refreshed(page, () => rows.count()), { timeout: 60_000 }).toBe(5);
    const table = (await rows.allTextContents()).join('\n');
    for (const written of ['£19.99', 'JP¥5,400', 'KWD\u00a012.345', '€1.00']) expect(table).toContain(written);
    await page.getByLabel('Status').selectOption('requires payment method');
    await page.getByRole('button', { name: 'Apply' }).click();
    await expect.poll(() => rows.count()).toBe(2);
    expect(await rows.last().textContent()).toContain('not-yet');
    expect([complaints, strangers]).toEqual([[], []]);
  });

  it('shows one payment with its verified history, and replays it by keyboard', async () => {
    const id = await charged(4_200, 'GBP', 'to-be-replayed');
    await call('POST', `${here.paymentUrl}/api/v1/payments/${id}/refund`, { amount: 1_200, reason: 'One item was broken' });
    const { page, complaints } = await signedIn();
    await page.goto(`${here.paymentUrl}/console/#/payments/${id}`);
    await page.getByText(/^History verified: each of the \d+ hashes holds\.$/).waitFor();
    const state = page.getByRole('region', { name: 'Payment', exact: true });
    const slider = page.getByRole('slider', { name: 'Replay' });
    await state.getByText('£12.00').waitFor();
    expect(await state.textContent()).toMatch(/£42\.00succeeded/);

    await slider.focus();
    await page.keyboard.press('Home');
    await expect.poll(() => state.textContent()).toMatch(/£42\.00requires payment method.*Captured.*£0\.00.*Refunded.*£0\.00/);
    expect(await slider.getAttribute('aria-valuetext')).toMatch(/^Version 1 of \d+, Payment created$/);
    await page.keyboard.press('ArrowRight');
    await page.getByRole('region', { name: 'Risk' }).getByText('No rule fired.').waitFor();
    await page.keyboard.press('ArrowRight');
    await expect.poll(() => state.textContent()).toMatch(/processing/);
    await page.keyboard.press('End');
    await expect.poll(() => state.textContent()).toMatch(/succeeded.*Refunded.*£12\.00/);

    await page.getByRole('list').getByRole('button').first().click();
    await expect.poll(() => slider.inputValue()).toBe('1');
    await expect.poll(() => state.textContent()).toMatch(/requires payment method/);
    expect(await page.locator('main').textContent()).not.toMatch(/undefined|\[object/);
    expect(complaints).toEqual([]);
  });

  it('shows a receipt as its reader would see it, in a frame that may do nothing', async () => {
    await charged(2_500, 'GBP', 'with-a-receipt');
    const { page, complaints } = await signedIn();
    await page.getByRole('link', { name: 'Outbox' }).click();
    const message = page.getByRole('list', { name: 'Messages, newest first' }).getByRole('button', { name: /with-a-receipt|25\.00|receipt/i });
    await expect.poll(() => refreshed(page, () => message.count()), { timeout: 60_000 }).toBeGreaterThan(0);
    await message.first().click();
    await page.frameLocator('iframe.mail').getByText('£25.00').filter({ visible: true }).first().waitFor();
    expect(await page.locator('iframe.mail').getAttribute('sandbox')).toBe('allow-scripts');
    await page.getByRole('tab', { name: 'HTML' }).press('ArrowRight');
    expect(await page.getByRole('tab', { name: 'Text' }).getAttribute('aria-selected')).toBe('true');
    await page.getByRole('tabpanel').getByText('£25.00').filter({ visible: true }).first().waitFor();
    expect(complaints).toEqual([]);
  });

  it('says what became of a notification, replays it, and cancels what is not sent yet', async () => {
    const api = `${here.notificationUrl}/api/v1`;
    const user = 'reader-of-notifications';
    await call('PUT', `${api}/contacts/${user}`, { email: 'gone@example.org', phone: '+441632960961' });
    await call('POST', `${api}/suppressions`, { channel: 'email', address: 'gone@example.org', reason: 'hard_bounce' });
    const asked = { userId: user, channels: ['email', 'sms'], content: { subject: 'On its way', text: 'It comes tomorrow.' }, category: 'orders' };
    const { id } = (await call('POST', `${api}/notifications`, asked)).body;
    const { page, complaints } = await signedIn();
    await page.goto(`${here.paymentUrl}/console/#/notifications?userId=${user}`);
    const row = page.getByRole('row', { name: /Own words\s*orders sent reader-of-notifications email, sms hard bounce/ });
    await expect.poll(() => refreshed(page, () => row.count()), { timeout: 60_000 }).toBe(1);
    await row.getByRole('link', { name: 'Own words' }).click();
    await page.getByRole('button', { name: `Copy ${id}` }).waitFor();
    const mail = page.getByRole('region', { name: 'By email', exact: true });
    const text = page.getByRole('region', { name: 'By sms', exact: true });
    await mail.getByText('An earlier message came back from this address for good.').waitFor();
    await expect.poll(() => text.textContent()).toMatch(/^By smssent.*outboxSent.*Provider’s id/);
    await page.getByText('History verified: each of the 3 hashes holds.').waitFor();
    await page.getByRole('slider', { name: 'Replay' }).press('Home');
    await expect.poll(async () => [await mail.textContent(), await text.textContent()]).toEqual(['By emailqueued', 'By smsqueued']);
    expect(await page.getByRole('button', { name: 'Cancel…' }).count()).toBe(0);

    const due = new Date(Date.now() + 3_600_000).toISOString();
    const later = (await call('POST', `${api}/notifications`, { ...asked, sendAt: due })).body;
    await page.goto(`${here.paymentUrl}/console/#/notifications/${later.id}`);
    const state = page.getByRole('region', { name: 'Notification', exact: true });
    await state.getByText('scheduled').waitFor();
    await page.getByRole('button', { name: 'Cancel…' }).press('Enter');
    await page.getByRole('dialog', { name: 'Cancel the notification?' }).getByLabel('Reason').fill('Order returned');
    await page.keyboard.press('Enter');
    await page.getByText('Canceled: nothing of it is sent.').waitFor();
    expect(await focused(page)).toBe('Canceled: nothing of it is sent.');
    await state.getByText('canceled', { exact: true }).waitFor();
    await text.getByText('order returned').waitFor();
    expect(await page.getByRole('button', { name: 'Cancel…' }).count()).toBe(0);
    expect(await page.locator('main').textContent()).not.toMatch(/undefined|NaN|\[object/);
    expect(complaints).toEqual([]);
  });

  it('asks for a notification by a template, and says what is wrong with what was asked', async () => {
    const { page, complaints } = await signedIn();
    await page.getByRole('link', { name: 'Notifications' }).click();
    await page.getByRole('button', { name: 'Ask for one…' }).click();
    const dialog = page.getByRole('dialog', { name: 'Ask for a notification' });
    const send = () => dialog.getByRole('button', { name: 'Send it' }).click();
    await dialog.getByLabel('Template').fill('payment_receipt');
    await dialog.getByLabel('Data (JSON)').focus();
    await expect.poll(() => dialog.getByLabel('Data (JSON)').inputValue()).toMatch(/"amount": 4950/);
    await dialog.getByLabel('E-mail').fill('nobody');
    await send();
    await dialog.getByRole('alert').getByText('must be an e-mail address').waitFor();
    expect(await dialog.getByLabel('E-mail').getAttribute('aria-invalid')).toBe('true');
    await dialog.getByLabel('E-mail').fill('ada@example.org');
    const sample = await dialog.getByLabel('Data (JSON)').inputValue();
    await dialog.getByLabel('Data (JSON)').fill(sample.replace('4950', '"much"'));
    await send();
    await dialog.getByRole('alert').getByText('data.amount').waitFor();
    expect(await dialog.getByLabel('Data (JSON)').getAttribute('aria-invalid')).toBe('true');
    await dialog.getByLabel('Data (JSON)').fill(sample);
    await dialog.getByLabel('email').check();
    await send();
    const mail = page.getByRole('region', { name: 'By email', exact: true });
    await expect.poll(() => refreshed(page, () => mail.textContent())).toMatch(/^By emailsent/);
    const state = page.getByRole('region', { name: 'Notification', exact: true });
    expect(await state.textContent()).toMatch(/^payment receiptsentForada@example\.org/);
    await state.getByRole('link', { name: 'payment receipt, version 1' }).click();
    await page.getByRole('heading', { name: 'payment receipt version 1' }).waitFor();
    expect(complaints.filter((text) => !text.includes('422'))).toEqual([]);
  });

  it('follows a feed as it changes, and comes back where it was when the connection breaks', async () => {
    const user = 'customer-with-a-feed';
    const notify = (title: string) =>
      call('POST', `${here.notificationUrl}/api/v1/notifications`, { userId: user, channels: ['in_app'], content: { title, text: 'By the test' } });
    const { page } = await signedIn();
    const opens: string[] = [];
    let cut: () => Promise<void> = async () => {};
    await page.routeWebSocket(/\/live/, (socket) => {
      opens.push(socket.url());
      socket.connectToServer();
      cut = () => socket.close({ code: 4008, reason: 'too slow' });
    });
    await page.goto(`${here.paymentUrl}/console/#/feed/${user}`);
    await page.getByText('live', { exact: true }).waitFor();
    expect((await notify('The first of them')).status).toBe(202);
    await page.getByRole('listitem').getByText('The first of them').waitFor();
    await cut();
    expect((await notify('While it was away')).status).toBe(202);
    await page.getByRole('listitem').getByText('While it was away').waitFor();
    expect(opens).toHaveLength(2);
    expect(opens[1]).toMatch(/\?since=[1-9]\d*$/);
    expect(opens.join()).not.toContain(apiKey);

    await page.getByRole('button', { name: 'Mark all read' }).click();
    await page.getByText('0 unseen · 0 unread').waitFor();
    await page.getByRole('button', { name: 'Archive: The first of them' }).click();
    await page.getByRole('listitem').getByText('The first of them').waitFor({ state: 'detached' });
  });

  /** A payment that the rules send to people: over £900. */
  const sentToReview = async (amount: number, reference: string): Promise<string> => {
    const rules = `${here.paymentUrl}/api/v1/risk/rules`;
    const { version, changedAt, changedBy, ...set } = (await call('GET', rules)).body;
    const over = { id: 'large', kind: 'amount_over', score: 55, decision: 'review', amounts: { GBP: 90_000 } };
    expect((await call('PUT', rules, { ...set, rules: [over] })).status).toBe(200);
    const payments = `${here.paymentUrl}/api/v1/payments`;
    const { id } = (await call('POST', payments, { amount, currency: 'GBP', reference, customer })).body;
    const { status, body } = await call('POST', `${payments}/${id}/process`, { paymentMethod: { type: 'card', token: 'tok_success' } });
    expect([status, body.status]).toEqual([202, 'in_review']);
    return String(id);
  };

  it('lets people approve or reject what the rules are not sure about', async () => {
    const approved = await sentToReview(125_000, 'to-be-approved');
    await sentToReview(99_900, 'to-be-rejected');
    const { page, complaints } = await signedIn();
    await page.getByRole('link', { name: 'Review' }).click();
    const one = page.getByRole('article', { name: 'Payment of £1,250.00' });
    const other = page.getByRole('article', { name: 'Payment of £999.00' });
    await expect.poll(() => refreshed(page, () => other.count())).toBe(1);
    expect(await one.textContent()).toMatch(/score 55.*customer-of-the-console.*large1250\.00 GBP, over 900\.00 GBP.*\+55/);
    expect(await page.locator('#attention-count').textContent()).toMatch(/[1-9].* waiting/);

    await one.getByRole('button', { name: 'Approve £1,250.00' }).press('Enter');
    const dialog = page.getByRole('dialog', { name: 'Approve £1,250.00?' });
    await page.keyboard.press('Escape');
    await dialog.waitFor({ state: 'detached' });
    await one.getByRole('button', { name: 'Approve £1,250.00' }).press('Enter');
    await dialog.getByLabel('Note').fill('Known for years');
    await page.keyboard.press('Enter');
    await page.getByText('Approved, and charged.').waitFor();
    expect(await focused(page)).toBe('Approved, and charged.');
    await one.waitFor({ state: 'detached' });

    await other.getByRole('button', { name: 'Reject £999.00' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Reject' }).click();
    await page.getByText('Rejected: nothing was charged.').waitFor();
    await page.getByText('Nothing waits for you').waitFor();

    await page.goto(`${here.paymentUrl}/console/#/payments/${approved}`);
    await expect.poll(() => page.getByRole('region', { name: 'Payment', exact: true }).textContent()).toMatch(/£1,250\.00succeeded/);
    expect(await page.getByRole('region', { name: 'Risk' }).textContent()).toMatch(/reviewscore 55.*over 900\.00 GBP/);
    await page.getByRole('button', { name: 'Review approved' }).waitFor();
    expect(await page.locator('main').textContent()).toContain('Known for years');
    expect(complaints).toEqual([]);
  });

  it('captures, refunds and cancels, each once, and to the last unit', async () => {
    const payments = `${here.paymentUrl}/api/v1/payments`;
    const created = await call('POST', payments, { amount: 12_345, currency: 'KWD', captureMethod: 'manual', reference: 'to-be-captured' });
    await call('POST', `${payments}/${created.body.id}/process`, { paymentMethod: { type: 'card', token: 'tok_success' } });
    const { page } = await signedIn();
    await page.goto(`${here.paymentUrl}/console/#/payments/${created.body.id}`);
    const state = page.getByRole('region', { name: 'Payment', exact: true });
    const dialog = page.getByRole('dialog');
    const sum = dialog.getByLabel('Amount in KWD');
    const step = async (name: string, amount: string) => {
      await page.getByRole('button', { name: `${name}…` }).click();
      await sum.fill(amount);
      await dialog.getByRole('button', { name, exact: true }).click();
    };

    await step('Capture', '12,345');
    await dialog.getByRole('alert').getByText('Write the amount like 12.000').waitFor();
    expect([await sum.getAttribute('aria-invalid'), await sum.evaluate((field) => field.matches(':focus'))]).toEqual(['true', true]);
    await sum.fill('99');
    await page.keyboard.press('Enter');
    await dialog.getByRole('alert').getByText('The amount is more than is left to capture').waitFor();
    // The answer is lost on its way: the same dialog does it once all the same.
    await page.route('**/capture', async (route) => (await route.fetch()) && route.abort(), { times: 1 });
    await sum.fill('10.005');
    await page.keyboard.press('Enter');
    await dialog.getByRole('alert').getByText('does not answer').waitFor();
    await sum.fill('5');
    await page.keyboard.press('Enter');
    await dialog.getByRole('alert').getByText('This was sent before, with other values.').waitFor();
    await sum.fill('10.005');
    await dialog.getByRole('button', { name: 'Capture', exact: true }).click();
    await expect.poll(() => state.textContent()).toMatch(/Capturable.*KWD\s2\.340Captured.*KWD\s10\.005Refunded/);

    await step('Refund', '0.005');
    await page.getByText(/^Refunded: KWD\s0\.005\.$/).waitFor();
    await page.getByRole('button', { name: 'Cancel…' }).click();
    await dialog.getByRole('button', { name: 'Cancel the payment' }).click();
    await expect.poll(() => state.textContent()).toMatch(/Capturable.*KWD\s0\.000Captured.*KWD\s10\.005Refunded.*KWD\s0\.005/);
  });

  it('shows what needs people until somebody says what was done', async () => {
    const id = await charged(2_500, 'GBP', 'not-to-be-refunded', 'tok_refund_fails');
    await call('POST', `${here.paymentUrl}/api/v1/payments/${id}/refund`, { amount: 700 });
    const { page, complaints } = await signedIn();
    await page.getByRole('link', { name: 'Attention' }).click();
    const item = page.getByRole('listitem').filter({ hasText: 'The sandbox refused the refund.' });
    await expect.poll(() => refreshed(page, () => item.count())).toBe(1);
    await item.getByRole('button', { name: 'Resolve refund failed £7.00' }).click();
    await page.getByLabel('What was done').fill('Paid back by bank transfer');
    await page.keyboard.press('Enter');
    await item.waitFor({ state: 'detached' });
    await page.getByLabel('State').selectOption('resolved');
    await page.getByRole('button', { name: 'Apply' }).click();
    await page.getByText('Paid back by bank transfer').waitFor();
    expect(complaints).toEqual([]);
  });

  it('shows disputes, reconciles a day, and draws figures', async () => {
    await charged(7_000, 'GBP', 'disputed', 'tok_dispute_lost');
    const { page, complaints } = await signedIn();
    await page.goto(`${here.paymentUrl}/console/#/disputes?status=lost`);
    await expect.poll(() => refreshed(page, () => page.getByRole('row', { name: /£70\.00 lost .* fraudulent sandbox/ }).count())).toBe(1);

    await page.getByRole('link', { name: 'Reconciliation' }).click();
    await page.getByRole('button', { name: 'Reconcile this day' }).click();
    await page.getByText(/at sandbox: both books say the same\.$/).waitFor();
    await page
      .getByRole('article', { name: /at sandbox$/ })
      .getByText('Nothing moved on either side.')
      .waitFor();

    await page.getByRole('link', { name: 'Figures' }).click();
    await page.getByLabel('By', { exact: true }).selectOption('Provider');
    await page.getByRole('button', { name: 'Apply' }).click();
    const captured = page.getByRole('region', { name: 'Captured', exact: true });
    await expect.poll(() => refreshed(page, () => captured.getByRole('img').locator('rect').count())).toBeGreaterThan(0);
    expect(await captured.getByRole('table').getByRole('row').last().textContent()).toMatch(/£\d/);
    expect(await page.getByRole('region', { name: 'How long providers take' }).getByRole('row').last().textContent()).toMatch(/^sandbox\d+\d ms/);

    await page.getByRole('link', { name: 'Deliveries' }).click();
    const sent = page.getByRole('region', { name: 'Sent', exact: true });
    await expect.poll(() => refreshed(page, () => sent.getByRole('img').locator('rect').count())).toBeGreaterThan(0);
    expect(await page.getByRole('region', { name: 'Groups' }).getByRole('row').nth(1).textContent()).toMatch(/^(email|in_app)\d+/);
    expect(await page.getByRole('region', { name: 'Until it was sent' }).getByRole('row').last().textContent()).toMatch(/ms$/);
    expect(await page.locator('main').textContent()).not.toMatch(/undefined|NaN|\[object/);
    expect(complaints).toEqual([]);
  });

  it('starts an experiment, says what is wrong with one, shows its figures and ends it', async () => {
    const { page, complaints } = await signedIn();
    await page.getByRole('link', { name: 'Experiments' }).click();
    await page.getByRole('button', { name: 'Start one…' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('Key').fill('same_words');
    await dialog.getByLabel('Template').fill('payment_refund');
    await dialog.getByLabel('Present version').fill('1');
    await dialog.getByLabel('New version').fill('9');
    await dialog.getByLabel('Success').fill('order_placed');
    await dialog.getByRole('button', { name: 'Start it' }).click();
    await dialog.getByRole('alert').getByText('variants.1.templateVersion').waitFor();
    await dialog.getByLabel('New version').fill('1');
    // With the refused request's key nothing was done: it may be used for what is right.
    await dialog.getByRole('button', { name: 'Start it' }).click();
    await page.getByRole('heading', { name: 'same words running' }).waitFor();
    await page.getByText('Not enough yet').waitFor();

    const rates = page.getByRole('region', { name: 'Rates', exact: true });
    expect(await rates.getByRole('row').count()).toBe(3);
    await page.getByRole('button', { name: 'End it…' }).click();
    await page.getByLabel('Winner').selectOption('new');
    await page.getByRole('dialog').getByRole('button', { name: 'End it' }).click();
    await page.getByText('Winner: new').waitFor();
    expect(await page.locator('main').textContent()).not.toMatch(/undefined|NaN|\[object/);
    expect(complaints.filter((text) => !text.includes('422'))).toEqual([]);
  });

  it('writes a template, shows what it comes to while it is written, says what is wrong, and publishes', async () => {
    const { page, complaints } = await signedIn();
    await page.setViewportSize({ width: 1_400, height: 900 });
    await page.getByRole('link', { name: 'Templates', exact: true }).click();
    await page.getByRole('region', { name: 'Templates, by key' }).getByRole('link', { name: 'payment receipt' }).waitFor();
    await page.getByRole('button', { name: 'Write one…' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('Key').fill('Order Packed');
    await dialog.getByLabel('Category').fill('orders');
    await dialog.getByRole('button', { name: 'Write it' }).click();
    await dialog.getByRole('alert').getByText('key', { exact: true }).waitFor();
    await dialog.getByLabel('Key').fill('order_packed');
    await dialog.getByRole('button', { name: 'Write it' }).click();
    await page.getByRole('heading', { name: 'order packed version 1' }).waitFor();

    const preview = page.getByRole('region', { name: 'Preview' });
    await preview.frameLocator('iframe').getByText('Hello name').waitFor();
    await page.getByLabel('Subject').fill('Packed: {{ order }}');
    await preview.getByRole('alert').getByText('the variable order is not in the schema').waitFor();
    expect(await page.getByLabel('Subject').getAttribute('aria-invalid')).toBe('true');
    await page.getByLabel('Subject').fill('Packed for {{ name }}');
    await preview.getByText('Packed for name').waitFor();
    await preview.getByLabel('Data (JSON)').fill('{ "name": "<b>Ada" }');
    await preview.frameLocator('iframe').getByText('Hello <b>Ada').waitFor();

    await page.getByRole('tab', { name: 'sms' }).click();
    await page.getByRole('button', { name: 'Say something' }).click();
    await page.getByLabel('Text', { exact: true }).fill('Packed, {{ name }}!');
    await preview.getByText('Packed, <b>Ada!').waitFor();
    await preview.getByText('1 segment, GSM-7').waitFor();
    await page.getByRole('button', { name: 'Add a language…' }).click();
    await page.getByRole('dialog').getByLabel('Language').fill('de');
    await page.getByRole('dialog').getByRole('button', { name: 'Add it' }).click();
    await page.getByRole('button', { name: 'Translate' }).click();
    await page.getByLabel('Text', { exact: true }).fill('Gepackt, {{ name }}!');
    await preview.getByText('Gepackt, <b>Ada!').waitFor();

    await page.getByRole('button', { name: 'Publish…' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Publish it' }).click();
    await page.getByText('Version 2 holds for what is asked for from now on.').waitFor();
    await page.getByRole('link', { name: 'Version 1' }).click();
    await page.getByText('This is an earlier version; 2 holds now.').waitFor();
    const { body } = await call('GET', `${here.notificationUrl}/api/v1/templates/order_packed`);
    expect(body).toMatchObject({ version: 2, locales: { de: { sms: { text: 'Gepackt, {{ name }}!' } } }, layouts: { standard: 1 } });

    await page.goto(`${here.paymentUrl}/console/#/layouts/standard`);
    await page.getByLabel('Plain text').fill('{{ content }}\n-- The shop');
    await page.getByRole('button', { name: 'Publish…' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Publish it' }).click();
    await page.getByRole('heading', { name: 'standard version 2' }).waitFor();
    await page.getByRole('button', { name: 'Roll out…' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Roll it out' }).click();
    await page.getByText('templates now use version 2').waitFor();
    expect(await page.locator('main').textContent()).not.toMatch(/undefined|NaN|\[object/);
    expect(complaints.filter((text) => !/\b(400|422)\b/.test(text))).toEqual([]);
  });

  it('looks somebody up, sends to an address again, and erases for good', async () => {
    const api = `${here.notificationUrl}/api/v1`;
    await call('PUT', `${api}/contacts/u-people`, { email: 'eve@example.org', phone: '+447700900456', timeZone: 'Europe/Paris' });
    await call('PUT', `${api}/preferences/u-people`, { categories: { news: false }, quietHours: { start: '22:00', end: '07:00' } });
    await call('POST', `${api}/suppressions`, { channel: 'email', address: 'Eve@example.org', reason: 'hard_bounce' });
    await call('POST', `${api}/suppressions`, { channel: 'email', address: 'eve@example.org', reason: 'unsubscribed', category: 'news' });
    const theirs = { amount: 100, currency: 'GBP', customer: { id: 'u-people', email: 'eve@example.org', name: 'Eve' } };
    const payment = await call('POST', `${here.paymentUrl}/api/v1/payments`, theirs);
    const { page, complaints } = await signedIn();
    await page.getByRole('link', { name: 'People' }).click();
    await page.getByRole('cell', { name: 'eve@example.org email' }).waitFor();
    await page.getByRole('textbox', { name: 'User' }).fill('u-people');
    await page.getByRole('button', { name: 'Look up' }).click();
    await page.getByRole('heading', { name: 'u-people' }).waitFor();
    await page.getByRole('region', { name: 'Reached at' }).getByText('eve@example.org').waitFor();
    expect(await page.getByRole('region', { name: 'Wants' }).textContent()).toMatch(/newson any channel.*22:00 to 07:00/);

    const list = page.getByRole('region', { name: 'Not sent to' });
    await list.getByRole('button', { name: 'Lift eve@example.org' }).click();
    await page.getByRole('dialog').getByLabel('Which reason').selectOption('hard bounce');
    await page.getByRole('dialog').getByRole('button', { name: 'Send again' }).click();
    await expect.poll(async () => list.textContent()).toMatch(/^Not sent to(?!.*hard bounce).*unsubscribed only news/);

    await page.getByRole('button', { name: 'Erase…' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Erase for good' }).click();
    await page.getByRole('dialog').getByRole('alert').waitFor();
    await page.getByRole('dialog').getByLabel('Type u-people').fill('u-people');
    await page.getByRole('dialog').getByRole('button', { name: 'Erase for good' }).click();
    await page.getByText('No contacts are known').waitFor();
    const left = () => call('GET', `${here.paymentUrl}/api/v1/payments/${payment.body.id}`);
    await expect.poll(async () => (await left()).body).toMatchObject({ amount: 100, customer: { id: 'u-people' } });
    await expect.poll(async () => JSON.stringify((await left()).body)).not.toMatch(/eve@|Eve/);
    expect(await page.locator('main').textContent()).not.toMatch(/eve@|undefined|NaN|\[object/);
    expect(complaints.filter((text) => !text.includes('404'))).toEqual([]);
  });

  it('adds a webhook endpoint, tests it, shows each try, sends one again, and takes it away', async () => {
    const shop = await webhookReceiver((_, time) => (time === 1 ? { status: 500, body: 'not today' } : { status: 200 }), false);
    const { page, complaints } = await signedIn();
    await page.getByRole('link', { name: 'Webhooks' }).click();
    await page.getByRole('button', { name: 'Add one…' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('URL').fill('https://169.254.169.254/');
    await dialog.getByRole('button', { name: 'Add it' }).click();
    await dialog.getByText('otherwise reserved network').first().waitFor();
    await dialog.getByRole('button', { name: 'Not now' }).click();
    await page.getByRole('button', { name: 'Add one…' }).click();
    await dialog.getByLabel('URL').fill(`${shop.origin}/hooks`);
    await dialog.getByLabel('Types of events').fill('payment.captured, payment.refunded');
    await dialog.getByRole('button', { name: 'Add it' }).click();
    const secret = (await page.getByRole('button', { name: /^Copy whsec_/ }).textContent()) ?? '';
    await page.getByRole('link', { name: `${shop.origin}/hooks` }).click();
    await page.getByRole('heading', { name: `${shop.origin}/hooks` }).waitFor();
    expect(await page.getByText('payment.captured, payment.refunded').count()).toBe(1);
    await page.getByRole('button', { name: 'Test…' }).click();
    await dialog.getByRole('button', { name: 'Send a test' }).click();
    await page.getByText('A test is on its way').waitFor();
    const deliveries = page.getByRole('region', { name: 'Deliveries' });
    await expect.poll(() => refreshed(page, () => deliveries.getByText('The receiver answered 500.').count())).toBe(1);
    await deliveries.getByText('Tries').click();
    await deliveries.getByText('not today').waitFor();
    await deliveries.getByRole('button', { name: 'Send endpoint.test again' }).click();
    await dialog.getByRole('button', { name: 'Send it' }).click();
    await expect.poll(() => refreshed(page, () => deliveries.getByText('delivered', { exact: true }).count())).toBeGreaterThan(0);
    expect(shop.seen.map((seen) => verifies(seen, secret.trim()))).toEqual([true, true]);
    await page.getByRole('button', { name: 'Disable…' }).click();
    await dialog.getByRole('button', { name: 'Disable it' }).click();
    await page.getByRole('button', { name: 'Enable…' }).waitFor();
    expect(await page.locator('main').textContent()).not.toMatch(/undefined|NaN|\[object/);
    await page.getByRole('button', { name: 'Delete…' }).click();
    await dialog.getByRole('button', { name: 'Delete it' }).click();
    await page.getByRole('heading', { name: 'Webhooks' }).waitFor();
    await page.getByText('No endpoints here').waitFor();
    expect(complaints.filter((text) => !text.includes('422'))).toEqual([]);
    await shop.close();
  });

  it('works by keyboard alone, from the skip link on', async () => {
    const { page } = await signedIn();
    await page.reload();
    await page.getByRole('heading', { name: 'Payments' }).waitFor();
    const order: string[] = [];
    for (let i = 0; i < 17; i += 1) {
      await page.keyboard.press('Tab');
      order.push(await focused(page));
    }
    const pages = [
      'Payments',
      'Review',
      'Attention',
      'Disputes',
      'Reconciliation',
      'Figures',
      'Deliveries',
      'Notifications',
      'Templates',
      'Experiments',
      'People',
      'Webhooks',
      'Outbox',
      'Live feed',
    ];
    expect(order.map((name) => name.replace(/\s*\d*\+? waiting$/, ''))).toEqual(['Skip to content', 'Commerce console', ...pages, 'Forget key']);
    await page.locator('#skip').focus();
    expect(await page.locator('#skip').boundingBox()).toMatchObject({ x: expect.toSatisfy((x: number) => x >= 0) });
    await page.keyboard.press('Enter');
    expect(await focused(page)).toContain('Payments');
  });

  it('names everything for those who do not see it', async () => {
    const id = await charged(100, 'GBP', 'named');
    const { page } = await signedIn();
    for (const address of [
      'payments',
      `payments/${id}`,
      'review',
      'attention',
      'disputes',
      'reconciliation',
      'figures',
      'deliveries',
      'notifications',
      'templates',
      'templates/payment_receipt',
      'layouts/standard',
      'experiments',
      'people',
      `people/${customer.id}`,
      'webhooks',
      'outbox',
      `feed/${customer.id}`,
    ]) {
      await page.goto(`${here.paymentUrl}/console/#/${address}`);
      await page.locator('main h1').waitFor();
      const nameless = `[...document.querySelectorAll('button, a, input, select, iframe')].filter((one) => !(one.ariaLabel || one.labels?.length || one.textContent.trim() || one.title)).map((one) => one.outerHTML)`;
      expect([await page.evaluate(nameless), await page.locator('h1').count(), await page.locator('[aria-current=page]').count()]).toEqual([[], 1, 1]);
    }
  });

  it('is the same at the notification service', async () => {
    const { page, complaints } = await signedIn(here.notificationUrl);
    await expect.poll(() => refreshed(page, () => page.getByRole('row').count()), { timeout: 60_000 }).toBeGreaterThan(1);
    await page.getByRole('link', { name: 'Outbox' }).click();
    await page.getByRole('heading', { name: 'Outbox' }).waitFor();
    expect(complaints).toEqual([]);
  });
});
