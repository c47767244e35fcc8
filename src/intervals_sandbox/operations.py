"""The operations of the service's API: method, path below `/api/v1`, name, and the tag they are filed under.

Written down from the published description of the API, which has 148; four more are on the server only. What the
sandbox plays has a handler; the rest answers 501.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import NamedTuple

from attrs import field, frozen

_TABLE = {
    "Activities": """
        DELETE /activity/{id}                                               deleteActivity
        GET    /activity/{id}                                               getActivity
        PUT    /activity/{id}                                               updateActivity
        GET    /activity/{id}/best-efforts                                  findBestEfforts
        PUT    /activity/{id}/delete-intervals                              deleteIntervals
        GET    /activity/{id}/file                                          downloadActivityFile
        GET    /activity/{id}/fit-file                                      downloadActivityFitFile
        GET    /activity/{id}/gap-histogram                                 getGapHistogram
        GET    /activity/{id}/gpx-file                                      downloadActivityGpxFile
        GET    /activity/{id}/hr-curve{ext}                                 getActivityHRCurve
        GET    /activity/{id}/hr-histogram                                  getHRHistogram
        GET    /activity/{id}/hr-load-model                                 getHRTrainingLoadModel
        GET    /activity/{id}/interval-stats                                getIntervalStats
        GET    /activity/{id}/intervals                                     getIntervals
        PUT    /activity/{id}/intervals                                     updateIntervals
        PUT    /activity/{id}/intervals/{intervalId}                        updateInterval
        GET    /activity/{id}/map                                           getActivityMap
        GET    /activity/{id}/pace-curve{ext}                               getActivityPaceCurve
        GET    /activity/{id}/pace-histogram                                getPaceHistogram
        GET    /activity/{id}/power-curves{ext}                             listActivityPowerCurves_1
        GET    /activity/{id}/power-curve{ext}                              getActivityPowerCurve
        GET    /activity/{id}/power-histogram                               getPowerHistogram
        GET    /activity/{id}/power-spike-model                             getActivityPowerSpikeModel
        GET    /activity/{id}/power-vs-hr{ext}                              getPowerVsHR
        GET    /activity/{id}/segments                                      getActivitySegments
        PUT    /activity/{id}/split-interval                                splitInterval
        PUT    /activity/{id}/streams                                       updateActivityStreams
        PUT    /activity/{id}/streams.csv                                   uploadActivityStreamsCSV
        GET    /activity/{id}/streams{ext}                                  getActivityStreams
        GET    /activity/{id}/time-at-hr                                    getTimeAtHR
        DELETE /activity/{id}/tombstone                                     deleteTombstone
        GET    /activity/{id}/weather-summary                               getActivityWeatherSummary
        GET    /athlete/{athleteId}/activities/{ids}                        getActivities
        GET    /athlete/{id}/activities                                     listActivities
        POST   /athlete/{id}/activities                                     uploadActivity
        GET    /athlete/{id}/activities-around                              listActivitiesAround
        GET    /athlete/{id}/activities.csv                                 downloadActivitiesAsCSV
        GET    /athlete/{id}/activities/interval-search                     searchForIntervals
        POST   /athlete/{id}/activities/manual                              createManualActivity
        POST   /athlete/{id}/activities/manual/bulk                         createMultipleManualActivities
        GET    /athlete/{id}/activities/search                              searchForActivities
        GET    /athlete/{id}/activities/search-full                         searchForActivitiesFull
        GET    /athlete/{id}/activity-hr-curves{ext}                        listActivityHRCurves
        GET    /athlete/{id}/activity-pace-curves{ext}                      listActivityPaceCurves
        GET    /athlete/{id}/activity-power-curves{ext}                     listActivityPowerCurves
        GET    /athlete/{id}/activity-tags                                  listTags_2
        POST   /athlete/{id}/download-fit-files                             downloadActivityFitFiles
        GET    /athlete/{id}/hr-curves{ext}                                 listAthleteHRCurves
        GET    /athlete/{id}/mmp-model                                      getAthleteMMPModel
        GET    /athlete/{id}/pace-curves{ext}                               listAthletePaceCurves
        GET    /athlete/{id}/power-curves{ext}                              listAthletePowerCurves
        GET    /athlete/{id}/power-hr-curve                                 getPowerHRCurve
    """,
    "Chats": """
        GET    /activity/{id}/messages                                      listActivityMessages
        POST   /activity/{id}/messages                                      sendActivityMessage
        GET    /athlete/{id}/chats                                          listChats
        GET    /athlete/{id}/groups                                         listGroups
        POST   /chats/send-message                                          sendMessage
        GET    /chats/{id}                                                  showChat
        GET    /chats/{id}/messages                                         listMessages
        DELETE /chats/{id}/messages/{msgId}                                 deleteMessage
        PUT    /chats/{id}/messages/{msgId}                                 updateMessage
        PUT    /chats/{id}/messages/{msgId}/seen                            updateLastSeenMessageId
    """,
    "Athletes": """
        PUT    /athlete-plans                                               updateAthletePlans
        GET    /athlete/{id}                                                getAthlete
        PUT    /athlete/{id}                                                updateAthlete
        GET    /athlete/{id}/athlete-summary{ext}                           getAthleteSummary
        GET    /athlete/{id}/connections                                    getAthleteConnections
        GET    /athlete/{id}/profile                                        getAthleteProfile
        GET    /athlete/{id}/settings/{deviceClass}                         getSettings
        GET    /athlete/{id}/training-plan                                  getAthleteTrainingPlan
        PUT    /athlete/{id}/training-plan                                  updateAthletePlan
        GET    /athletes                                                    listAthletes
    """,
    "Sports": """
        GET    /athlete/{athleteId}/sport-settings                          listSettings
        POST   /athlete/{athleteId}/sport-settings                          createSettings
        PUT    /athlete/{athleteId}/sport-settings                          updateSettingsMulti
        DELETE /athlete/{athleteId}/sport-settings/{id}                     deleteSettings
        GET    /athlete/{athleteId}/sport-settings/{id}                     getSettings_1
        PUT    /athlete/{athleteId}/sport-settings/{id}                     updateSettings
        PUT    /athlete/{athleteId}/sport-settings/{id}/apply               applyToActivities
        GET    /athlete/{athleteId}/sport-settings/{id}/matching-activities listMatchingActivities
        GET    /athlete/{athleteId}/sport-settings/{id}/pace_distances      listPaceDistancesForSport
        GET    /pace_distances                                              listPaceDistances
    """,
    "Library": """
        PUT    /athlete/{id}/apply-plan-changes                             applyCurrentPlanChanges
        POST   /athlete/{id}/download-workout{ext}                          downloadWorkoutForAthlete
        POST   /athlete/{id}/duplicate-workouts                             duplicateWorkouts
        GET    /athlete/{id}/folders                                        listFolders
        POST   /athlete/{id}/folders                                        createFolder
        DELETE /athlete/{id}/folders/{folderId}                             deleteFolder
        PUT    /athlete/{id}/folders/{folderId}                             updateFolder
        POST   /athlete/{id}/folders/{folderId}/import-workout              importWorkoutFile
        GET    /athlete/{id}/folders/{folderId}/shared-with                 listFolderSharedWith
        PUT    /athlete/{id}/folders/{folderId}/shared-with                 updateFolderSharedWith
        PUT    /athlete/{id}/folders/{folderId}/workouts                    updatePlanWorkouts
        GET    /athlete/{id}/workout-tags                                   listTags
        GET    /athlete/{id}/workouts                                       listWorkouts
        POST   /athlete/{id}/workouts                                       createWorkout
        POST   /athlete/{id}/workouts/bulk                                  createMultipleWorkouts
        DELETE /athlete/{id}/workouts/{workoutId}                           deleteWorkout
        GET    /athlete/{id}/workouts/{workoutId}                           showWorkout
        PUT    /athlete/{id}/workouts/{workoutId}                           updateWorkout
        POST   /download-workout{ext}                                       downloadWorkout
    """,
    "Custom Items": """
        GET    /athlete/{id}/custom-item                                    listCustomItems
        POST   /athlete/{id}/custom-item                                    createCustomItem
        PUT    /athlete/{id}/custom-item-indexes                            updateCustomItemIndexes
        DELETE /athlete/{id}/custom-item/{itemId}                           deleteCustomItem
        GET    /athlete/{id}/custom-item/{itemId}                           getCustomItem
        PUT    /athlete/{id}/custom-item/{itemId}                           updateCustomItem
        POST   /athlete/{id}/custom-item/{itemId}/image                     updateCustomItemImage
    """,
    "Events": """
        POST   /athlete/{id}/duplicate-events                               duplicateEvents
        GET    /athlete/{id}/event-tags                                     listTags_1
        DELETE /athlete/{id}/events                                         deleteEvents
        POST   /athlete/{id}/events                                         createEvent
        PUT    /athlete/{id}/events                                         updateEvents
        POST   /athlete/{id}/events/apply-plan                              applyPlan
        POST   /athlete/{id}/events/bulk                                    createMultipleEvents
        PUT    /athlete/{id}/events/bulk-delete                             deleteEventsBulk
        DELETE /athlete/{id}/events/{eventId}                               deleteEvent
        GET    /athlete/{id}/events/{eventId}                               showEvent
        PUT    /athlete/{id}/events/{eventId}                               updateEvent
        GET    /athlete/{id}/events/{eventId}/download{ext}                 downloadWorkout_1
        POST   /athlete/{id}/events/{eventId}/mark-done                     markEventAsDone
        GET    /athlete/{id}/events{format}                                 listEvents
        GET    /athlete/{id}/fitness-model-events                           listFitnessModelEvents
        GET    /athlete/{id}/workouts.zip                                   downloadWorkouts
    """,
    "Gear": """
        POST   /athlete/{id}/gear                                           createGear
        DELETE /athlete/{id}/gear/{gearId}                                  deleteGear
        PUT    /athlete/{id}/gear/{gearId}                                  updateGear
        GET    /athlete/{id}/gear/{gearId}/calc                             calcDistanceEtc
        POST   /athlete/{id}/gear/{gearId}/reminder                         createReminder
        DELETE /athlete/{id}/gear/{gearId}/reminder/{reminderId}            deleteReminder
        PUT    /athlete/{id}/gear/{gearId}/reminder/{reminderId}            updateReminder
        POST   /athlete/{id}/gear/{gearId}/replace                          replaceGear
        GET    /athlete/{id}/gear{ext}                                      listGear
    """,
    "Routes": """
        GET    /athlete/{id}/routes                                         listAthleteRoutes
        GET    /athlete/{id}/routes/{route_id}                              getAthleteRoute
        PUT    /athlete/{id}/routes/{route_id}                              updateAthleteRoute
        GET    /athlete/{id}/routes/{route_id}/similarity/{other_id}        checkMerge
    """,
    "Weather": """
        GET    /athlete/{id}/weather-config                                 getWeatherConfig
        PUT    /athlete/{id}/weather-config                                 updateWeatherConfig
        GET    /athlete/{id}/weather-forecast                               getForecast
    """,
    "Wellness": """
        POST   /athlete/{id}/wellness                                       uploadWellness
        PUT    /athlete/{id}/wellness                                       updateWellness_1
        PUT    /athlete/{id}/wellness-bulk                                  updateWellnessBulk
        GET    /athlete/{id}/wellness/{date}                                getRecord
        PUT    /athlete/{id}/wellness/{date}                                updateWellness
        GET    /athlete/{id}/wellness{ext}                                  listWellnessRecords
    """,
    "o-auth-server-controller": """
        DELETE /disconnect-app                                              disconnectApp
    """,
    "Shared Events": """
        GET    /shared-event/{id}                                           getSharedEvent
    """,
}

_SERVER_ONLY = {
    "Chats": """
        PUT    /chats/{id}/block                                            blockChat
    """,
    "Shared Events": """
        POST   /shared-event                                                createSharedEvent
        PUT    /shared-event/{id}                                           updateSharedEvent
        DELETE /shared-event/{id}                                           deleteSharedEvent
    """,
}
"""Not in the published description; the names are the sandbox's own."""

AREAS = {
    "Activities": "ACTIVITY",
    "Wellness": "WELLNESS",
    "Events": "CALENDAR",
    "Library": "LIBRARY",
    "Chats": "CHATS",
    "Shared Events": "CALENDAR",
    "Routes": "ACTIVITY",
}
"""Tag -> the area of a grant that guards it; every other tag belongs to SETTINGS."""

_READING_POSTS = {"downloadActivityFitFiles", "downloadWorkout", "downloadWorkoutForAthlete"}
_PARAMETER = re.compile(r"\{(\w+)\}")
_GLUED = ("ext", "format")


@frozen
class Operation:
    method: str
    path: str
    """Below `/api/v1`; `{ext}` and `{format}` are glued to the last segment and may be empty."""
    name: str
    tag: str
    pattern: re.Pattern[str] = field(init=False, eq=False, repr=False)

    @pattern.default
    def _pattern(self) -> re.Pattern[str]:
        suffix = r"\.\w+" if "download" in self.path else r"\.json|\.csv"
        pieces = _PARAMETER.split(self.path)
        literal, names = pieces[::2], pieces[1::2]
        groups = [f"(?P<{name}>{suffix}|)" if name in _GLUED else f"(?P<{name}>[^/]+)" for name in names]
        return re.compile("".join(re.escape(text) + group for text, group in zip(literal, [*groups, ""], strict=True)))

    @property
    def area(self) -> str:
        return AREAS.get(self.tag, "SETTINGS")

    @property
    def level(self) -> str:
        return "READ" if self.method == "GET" or self.name in _READING_POSTS else "WRITE"

    @property
    def precedence(self) -> tuple[int, int]:
        """The most literal path answers first: `/activities/search` before `/activities/{ids}`."""
        return self.path.count("{"), -len(self.path)


def _operations(table: Mapping[str, str]) -> Iterator[Operation]:
    for tag, rows in table.items():
        for row in rows.strip().splitlines():
            method, path, name = row.split()
            yield Operation(method, path, name, tag)


class Found(NamedTuple):
    operation: Operation
    parameters: Mapping[str, str]


OPERATIONS: tuple[Operation, ...] = tuple(_operations(_TABLE))
"""Those of the published description."""
SERVER_ONLY: tuple[Operation, ...] = tuple(_operations(_SERVER_ONLY))
_BY_DEPTH: dict[int, list[Operation]] = {}
for _operation in sorted((*OPERATIONS, *SERVER_ONLY), key=lambda operation: operation.precedence):
    _BY_DEPTH.setdefault(_operation.path.count("/"), []).append(_operation)


def find(method: str, path: str) -> Found | None:
    """The operation that answers this method on this path below `/api/v1`."""
    for operation in _BY_DEPTH.get(path.count("/"), ()):
        if operation.method == method and (match := operation.pattern.fullmatch(path)):
            return Found(operation, match.groupdict())
    return None


def exists(path: str) -> bool:
    """Whether any method is known on this path."""
    return any(operation.pattern.fullmatch(path) for operation in _BY_DEPTH.get(path.count("/"), ()))
