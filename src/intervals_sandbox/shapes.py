"""Which keys the service's objects have. Answers list every one of them, with explicit nulls.

The names are those of the published description of the API, and the few that real answers add to it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any


def words(text: str) -> tuple[str, ...]:
    return tuple(text.split())


ATHLETE = words("""
    activity_rpe_prompt add_weather_to_strava_descr beta_user bikes bio city coach_ticks concept2_sync_activities
    concept2_user_id coros_download_wellness coros_last_upload coros_sync_activities coros_upload_workouts
    coros_user_id countries country currency date_format dropbox_scope email email_notifications fahrenheit
    firstname garmin_pace_range garmin_power_target garmin_sync_activity_types garmin_sync_after google_scope
    google_wellness_keys has_password has_push_subscriptions height height_units huawei_download_wellness
    huawei_sync_activities huawei_upload_workouts huawei_user_id icu_activated icu_admin icu_api_key icu_coach
    icu_date_of_birth icu_effort_secs icu_email_disabled icu_email_verified icu_form_as_percent
    icu_friend_invite_token icu_garmin_download_wellness icu_garmin_health icu_garmin_hr_range
    icu_garmin_last_upload icu_garmin_outdoor_power_range icu_garmin_sync_activities icu_garmin_training
    icu_garmin_upload_filters icu_garmin_upload_workouts icu_garmin_wellness_keys icu_last_seen
    icu_menstrual_cycle_perm icu_mmp_days icu_permission icu_queue_pos icu_resting_hr icu_send_achievements
    icu_send_activity_chat icu_send_activity_msg icu_send_coach_me_req icu_send_coach_tick
    icu_send_coached_activity_chat icu_send_coached_new_activity icu_send_follow_req icu_send_followed_activity_chat
    icu_send_followed_new_activity icu_send_gear_alerts icu_send_group_chat icu_send_group_msg icu_send_newsletter
    icu_send_plan_for_week icu_send_private_chat icu_send_private_msg icu_track_menstrual_cycle icu_type_settings
    icu_weight icu_weight_sync icu_wellness_keys icu_wellness_prompt id ignore_strava_gear
    include_descr_in_plan_for_week languages lastname locale measurement_preference name
    notification_athlete_tags_enabled open_step_duration oura_scope oura_wellness_keys plan plan_expires
    polar_download_wellness polar_scope polar_sync_activities polar_sync_activity_types polar_wellness_keys
    private_wellness_keys profile_medium push_notifications rain scope sex shoes sponsored_by_chat_id state status
    status_updated strava_allowed strava_authorized strava_id strava_sync_activities strava_sync_activity_types
    strava_sync_other_activities suunto_download_wellness suunto_hr_range suunto_last_upload
    suunto_outdoor_power_range suunto_pace_range suunto_scope suunto_sync_activities suunto_sync_activity_types
    suunto_upload_filters suunto_upload_workouts suunto_user_id time_format timezone training_availability
    training_plan_id training_plan_start_date trial_end_date update_strava_name visibility wahoo_sync_activities
    wahoo_upload_workouts wahoo_user_id website weight weight_pref_lb wellness_last_prompt_date whoop_scope
    whoop_wellness_keys wind_speed zepp_download_wellness zepp_sync_activities zepp_upload_workouts zepp_user_id
    zwift_sync_activities zwift_upload_workouts zwift_user_id
""")

WITH_SPORT_SETTINGS = (*ATHLETE, "custom_items", "sportSettings")

ATHLETE_WITH_TAGS = (*ATHLETE, "icu_notes", "icu_tags")

SPORT_SETTINGS = words("""
    activity_charts activity_field_ids after_kj0 after_kj1 athlete_id best_effort_distances
    calendar_tile_activity_panel_id cooldown_time created custom_field_ids custom_field_values custom_zones_ids
    default_gear_id default_indoor_gear_id default_workout_time display elevation_correction extract_workouts ftp
    ftp_est_min_secs gap_model hr_load_type hr_zone_names hr_zones hrrc_min_percent id ignore_velocity indoor_ftp
    interval_display iseFTPSupported keep_all_laps_for_power_intervals load_order lthr max_hr mmp_model other p_max
    pace_curve_start pace_load_type pace_units pace_zone_names pace_zones power_field power_intervals_start_locked
    power_spike_threshold power_zone_names power_zones show_pauses sweet_spot_max sweet_spot_min threshold_pace
    tiz_order types update_activity_name_from_workout updated use_distance_for_intervals use_gap_zone_times
    use_laps_for_power_intervals w_prime warmup_time workout_order
""")

CUSTOM_ITEM = words("""
    athlete_id content description from_athlete from_id hidden_by_id hide_script id image index name type updated
    usage_count visibility
""")

NEW_CUSTOM_ITEM = (*CUSTOM_ITEM, "required_items_created")

WELLNESS = words("""
    abdomen atl atlLoad avgSleepingHR baevskySI bloodGlucose bodyFat carbohydrates comments ctl ctlLoad diastolic
    fatTotal fatigue hrv hrvSDNN hydration hydrationVolume id injury kcalConsumed lactate locked menstrualPhase
    menstrualPhasePredicted mood motivation protein rampRate readiness respiration restingHR sleepQuality sleepScore
    sleepSecs soreness spO2 sportInfo steps stress systolic tempRestingHR tempWeight updated vo2max weight
""")

ACTIVITY = words("""
    analysis_issues analyzed athlete_max_hr attachments average_altitude average_cadence average_clouds
    average_feels_like average_heartrate average_impact_loading_rate average_leg_spring_stiffness average_speed
    average_stance_time average_stance_time_balance average_stance_time_percent average_step_length average_stride
    average_temp average_vertical_oscillation average_vertical_ratio average_vertical_speed average_weather_temp
    average_wind_gust average_wind_speed avg_lr_balance calories carbs_ingested carbs_used coach_tick coasting_time
    commute compliance crank_length created custom_zones decoupling description device_name device_watts distance
    elapsed_time external_id feel file_sport_index file_type gap gap_model gap_zone_times gear group has_heartrate
    has_segments has_weather headwind_percent hr_load hr_load_type icu_achievements icu_athlete_id icu_atl
    icu_average_watts icu_cadence_z2 icu_chat_id icu_color icu_cooldown_time icu_ctl icu_distance
    icu_efficiency_factor icu_ftp icu_hr_zone_times icu_hr_zones icu_hrr icu_ignore_hr icu_ignore_power
    icu_ignore_time icu_intensity icu_intervals_edited icu_joules icu_joules_above_ftp icu_lap_count
    icu_max_wbal_depletion icu_median_time_delta icu_pm_cp icu_pm_ftp icu_pm_ftp_secs icu_pm_ftp_watts icu_pm_p_max
    icu_pm_w_prime icu_power_hr icu_power_hr_z2 icu_power_hr_z2_mins icu_power_spike_threshold icu_power_zones
    icu_recording_time icu_resting_hr icu_rolling_cp icu_rolling_ftp icu_rolling_ftp_delta icu_rolling_p_max
    icu_rolling_w_prime icu_rpe icu_sweet_spot_max icu_sweet_spot_min icu_sync_date icu_sync_error icu_training_load
    icu_training_load_data icu_variability_index icu_w_prime icu_warmup_time icu_weight icu_weighted_avg_watts
    icu_zone_times id ignore_pace ignore_parts ignore_velocity interval_summary kg_lifted lengths lock_intervals
    lthr max_altitude max_feels_like max_heartrate max_rain max_snow max_speed max_temp max_weather_temp
    min_altitude min_feels_like min_temp min_weather_temp moving_time name oauth_client_id oauth_client_name
    p30s_exponent p_max pace pace_load pace_load_type pace_zone_times pace_zones paired_event_id perceived_exertion
    polarization_index pool_length power_field power_field_names power_load power_meter power_meter_battery
    power_meter_serial prevailing_wind_deg race recording_stops route_id session_rpe skyline_chart_bytes source
    ss_cp ss_p_max ss_w_prime start_date start_date_local strain_score strava_id stream_types sub_type tags
    tailwind_percent threshold_pace timezone tiz_order total_elevation_gain total_elevation_loss trainer trimp type
    use_elevation_correction use_gap_zone_times workout_shift_secs
""")

ACTIVITY_WITH_INTERVALS = (*ACTIVITY, "icu_groups", "icu_intervals")

INTERVAL = words("""
    average_cadence average_dfa_a1 average_epoc average_feels_like average_gradient average_heartrate
    average_impact_loading_rate average_lactate average_leg_spring_stiffness average_respiration average_smo2
    average_smo2_2 average_speed average_stance_time average_stance_time_balance average_stance_time_percent
    average_step_length average_stride average_temp average_thb average_thb_2 average_tidal_volume
    average_tidal_volume_min average_torque average_vertical_oscillation average_vertical_ratio
    average_vertical_speed average_watts average_watts_alt average_watts_alt_acc average_watts_kg
    average_weather_temp average_wind_gust average_wind_speed average_yaw avg_lr_balance decoupling distance
    elapsed_time end_index end_time gap group_id headwind_percent id intensity joules joules_above_ftp label
    max_altitude max_cadence max_heartrate max_lactate max_speed max_torque max_watts max_watts_kg min_altitude
    min_cadence min_heartrate min_lactate min_speed min_torque min_watts moving_time prevailing_wind_deg
    segment_effort_ids ss_cp ss_p_max ss_w_prime start_index start_time strain_score tailwind_percent
    total_elevation_gain training_load type w5s_variability wbal_end wbal_start weighted_average_watts zone
    zone_max_watts zone_min_watts
""")

INTERVAL_GROUP = words("""
    average_cadence average_dfa_a1 average_epoc average_feels_like average_gradient average_heartrate
    average_impact_loading_rate average_lactate average_leg_spring_stiffness average_respiration average_smo2
    average_smo2_2 average_speed average_stance_time average_stance_time_balance average_stance_time_percent
    average_step_length average_stride average_temp average_thb average_thb_2 average_tidal_volume
    average_tidal_volume_min average_torque average_vertical_oscillation average_vertical_ratio
    average_vertical_speed average_watts average_watts_alt average_watts_alt_acc average_watts_kg
    average_weather_temp average_wind_gust average_wind_speed average_yaw avg_lr_balance count decoupling distance
    elapsed_time gap headwind_percent id intensity joules joules_above_ftp max_altitude max_cadence max_heartrate
    max_lactate max_speed max_torque max_watts max_watts_kg min_altitude min_cadence min_heartrate min_lactate
    min_speed min_torque min_watts moving_time prevailing_wind_deg ss_cp ss_p_max ss_w_prime start_index
    strain_score tailwind_percent total_elevation_gain training_load w5s_variability wbal_end wbal_start
    weighted_average_watts zone zone_max_watts zone_min_watts
""")

STREAM = words("""
    allNull anomalies custom data data2 name type valueType valueTypeIsArray
""")

MESSAGE = words("""
    accept_coaching_group_id activity activity_id answer athlete_id attachment_mime_type attachment_url content
    created deleted deleted_by_id end_index id join_group_id name seen start_index type
""")

CHAT = words("""
    activity_id athlete_id coaching_group coins description follows_you hide_members id join_policy kicked
    kicked_by_id last_seen_message_id members members_cannot_chat mute_until name new_message_count other_athlete_id
    other_athlete_sex picture primary_group pub role sharedFolders sidebar_color sidebar_dark sidebar_logo
    sidebar_top_color slug type updated url you_follow
""")

PROFILE = words("""
    bio city countries country email icu_coach id languages name profile_medium sex state timezone website
""")

EVENT = words("""
    athlete_cannot_edit athlete_id atl_days attachments calendar_id can_train_sports carbs_per_hour carbs_used
    category color created_by_id ctl_days description distance distance_target end_date_local entered external_id
    for_week hide_from_athlete icu_atl icu_ctl icu_ftp icu_intensity icu_training_load id indoor joules
    joules_above_ftp load_target max_training_time moving_time name not_on_fitness_chart oauth_client_id p_max
    plan_applied plan_athlete_id plan_folder_id plan_name plan_workout_id push_errors shared_event_id
    show_as_note show_on_ctl_line ss_cp ss_p_max ss_w_prime start_date_local strain_score structure_read_only
    sub_type tags target time_target training_availability type uid updated w_prime workout_doc
""")

SUMMARY = words("""
    athlete_id athlete_name byCategory calories count date distance eftp eftpPerKg elapsed_time email external_id
    fatigue fitness form mostRecentWellnessId moving_time rampRate srpe time timeInZones timeInZonesTot
    total_elevation_gain training_load weight
""")

CATEGORY_SUMMARY = words("""
    calories category count distance eftp eftpPerKg elapsed_time moving_time srpe time total_elevation_gain
    training_load
""")

HIDDEN = ("id", "icu_athlete_id", "start_date_local", "source", "_note")
"""A stub has these keys and no others."""


def full(shape: Iterable[str], values: Mapping[str, Any]) -> dict[str, Any]:
    """An object as the service answers it: all keys of its shape, null where there is no value."""
    return {key: values.get(key) for key in shape}


def selected(item: Mapping[str, Any], fields: Iterable[str] | None) -> dict[str, Any]:
    """With `fields=` only those keys, and no nulls; without it the object as it is."""
    if fields is None:
        return dict(item)
    return {key: item[key] for key in fields if item.get(key) is not None}
