/** Checks one request of a client against the contract, and answers it. */
import { contract, isMethod, type Method, requestMessageSchema } from '../../../shared/contract.ts';
import { AppError } from '../../../shared/errors.ts';
import type { ClientLink, Handlers } from '../base/handlers.ts';

/** Ignores what is no request. @param beforeAnswer called when a method has done its work, before the client is told */
export const answerRequest = async (
  handlers: Handlers<Method>,
  data: unknown,
  link: ClientLink,
  beforeAnswer: (method: Method) => void = () => {},
): Promise<void> => {
  const message = requestMessageSchema.safeParse(data);
  if (!message.success) return;
  const { id, m, a } = message.data;
  try {
    if (!isMethod(m)) throw new AppError('bad-request', `There is no method "${m}".`);
    const input = contract[m].input.safeParse(a);
    if (!input.success) {
      const issue = input.error.issues[0];
      throw new AppError('bad-request', `"${m}" was called with a wrong ${issue?.path.join('.') || 'input'}: ${issue?.message}.`);
    }
    const handler = handlers[m] as (input: unknown, client: ClientLink) => unknown;
    const answer = await handler(input.data, link);
    beforeAnswer(m);
    link.send({ t: 'res', id, ok: true, r: answer });
  } catch (error) {
    const known = AppError.from(error);
    if (known.code === 'internal') console.error(known.cause ?? known);
    link.send({ t: 'err', id, e: known.serialize() });
  }
};
