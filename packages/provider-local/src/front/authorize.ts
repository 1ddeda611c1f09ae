import { enginePaths } from '../engine/engine-configuration.js';
import { sendPage } from './answers.js';
import { askEngineForPage, type Exchange, type Front } from './exchange.js';
import { authorizationRequest } from './parameters.js';

/** Answers the authorization endpoint: to a page, or back to the client where nobody has to be asked. */
export function answerAuthorization(front: Front, exchange: Exchange): void {
  const { url, response, requestId } = exchange;
  const reading = authorizationRequest(url.search, front.settings);
  if (reading.kind === 'invalid') {
    sendPage(response, 400, front.pages.protocolError(requestId, 400, 'invalid_request'));
  } else {
    askEngineForPage(front, exchange, `${enginePaths.authorization}?${reading.parameters}`);
  }
}
