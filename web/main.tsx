// The entry of the page: connects it to the browser and draws it.

import { effect } from '@preact/signals';
import { render } from 'preact';
import { Page } from './page.js';
import { Announcements } from './views/announcements.js';
import { App } from './views/app.js';
import { renderOncePerFrame } from './views/render-schedule.js';
import './styles/page.css';

renderOncePerFrame();
const page = new Page(location);
effect(() => {
  document.documentElement.dataset.theme = page.preferences.value.theme;
});
show('page', <App page={page} />);
show('announcements', <Announcements page={page} />);
addEventListener('storage', (event) => page.storageChanged(event));
addEventListener('hashchange', () => page.invite(location.hash));
void page.start();

function show(id: string, content: preact.ComponentChild): void {
  const element = document.getElementById(id);
  element?.replaceChildren(); // removes the text for browsers without JavaScript
  if (element) render(content, element);
}
