import { jobStories } from '../job/testing/job-stories.ts'
import { diagnosisStories } from './diagnosis-stories.ts'
import { formStories } from './form-stories.ts'
import { logsStories } from './logs-stories.ts'
import { shellStories } from './shell-stories.ts'
import type { Story } from './story.ts'

export const STORIES: Record<string, Story> = {
  ...formStories,
  ...shellStories,
  ...jobStories,
  ...diagnosisStories,
  ...logsStories,
}
