/**
 * Shows one story: `stories.html?story=form-denied&language=en&theme=dark`.
 * Without a name it lists them. Not in the build.
 */
import { createRoot } from 'react-dom/client'
import { success } from '../../shared/failure.ts'
import { settingsSchema } from '../../shared/settings.ts'
import { LonghaulApp } from '../app.tsx'
import { createScriptedClient } from '../client/testing/scripted-client.ts'
import { writeDraft } from '../form/draft/draft-storage.ts'
import { routeHash } from '../shell/route.ts'
import { createWindowStore } from '../store/window-store.ts'
import { STORIES } from './index.ts'
import type { Story } from './story.ts'

const root = document.getElementById('root')
if (!root) throw new Error('stories.html has no #root')
const parameters = new URLSearchParams(window.location.search)
const story = STORIES[parameters.get('story') ?? '']
if (story) await show(story)
else createRoot(root).render(<StoryList />)

async function show({ route, script, draft, click }: Story) {
  window.sessionStorage.clear()
  if (draft) writeDraft(window.sessionStorage, draft)
  window.location.hash = routeHash(route)
  // screenshots.ts reads from here what to press.
  if (click) {
    document.documentElement.dataset.clickzh = click.zh
    document.documentElement.dataset.clicken = click.en
  }
  const read = script.answers['settings.read']
  const client = createScriptedClient({
    ...script,
    answers: {
      ...script.answers,
      'settings.read': async (input, push) => {
        const outcome = (await read?.(input, push)) ?? success(settingsSchema.parse({}))
        if (!outcome.ok) return outcome
        const chosen = { language: parameters.get('language'), theme: parameters.get('theme') }
        return success(settingsSchema.parse({ ...outcome.value, ...withoutNulls(chosen) }))
      },
    },
  })
  const store = createWindowStore(client)
  // Seen before the first paint, so that a picture never shows the other language.
  store.setState({
    settings: settingsSchema.parse(
      withoutNulls({ language: parameters.get('language'), theme: parameters.get('theme') }),
    ),
  })
  void store.refresh()
  if (root) createRoot(root).render(<LonghaulApp client={client} store={store} />)
}

function withoutNulls(record: Record<string, string | null>): Record<string, string> {
  return Object.fromEntries(Object.entries(record).filter((entry): entry is [string, string] => entry[1] !== null))
}

function StoryList() {
  return (
    <main>
      <h1>Stories</h1>
      <ul>
        {Object.keys(STORIES).map((name) => (
          <li key={name}>
            <a href={`?story=${name}`}>{name}</a>
          </li>
        ))}
      </ul>
    </main>
  )
}
