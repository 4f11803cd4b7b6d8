import type { Action } from '@heed/sandbox';
import type { Account, MergeFieldType } from '../account.ts';
import { openAudience } from '../audiences.ts';
import { retypeMergeField, withdrawMergeField } from '../haunt.ts';
import { bump, changeMember, createMember, objectOf, textOf, type WriteContext } from '../member-write.ts';
import { hashOf } from '../membership.ts';
import { forget } from '../routes/members.ts';
import { secondsOf } from '../time.ts';
import { enter, inCompliance } from '../transitions.ts';
import { audienceMeant, emailMeant, impossible, memberMeant, record, sendCampaign } from './target.ts';

/** What a user of the Mailchimp web site does. All but two take `{ email, audience? }`. */
export const administratorActs: Readonly<Record<string, Action<Account>>> = {
  'admin/unsubscribe': (world, body) => {
    const audience = audienceMeant(world, body);
    const member = memberMeant(audience, body);
    if (member.status === 'cleaned') throw impossible('A cleaned member cannot be unsubscribed');
    const atS = secondsOf(world.clock.now());
    enter(member, 'unsubscribed', atS, 'admin');
    record(member, 'unsub', atS, { is_admin_unsubscribed: true, unsubscribe_reason: member.optOut?.reason });
    bump(world, audience, member);
    return { status: member.status };
  },
  /** "Add a subscriber" with the permission box ticked: new, archived or unsubscribed by an administrator. */
  'admin/subscribe': (world, body) => {
    const audience = audienceMeant(world, body);
    const email = emailMeant(body);
    const context: WriteContext = { world, audience, callerIp: '192.0.2.1', skipMergeValidation: true };
    const fields = { merge_fields: objectOf(body.mergeFields) };
    const member = audience.members.get(hashOf(email));
    if (member === undefined) {
      const created = createMember(context, email, 'subscribed', fields);
      created.source = 'Admin Add';
      return { status: created.status };
    }
    if (member.status !== 'archived' && inCompliance(member))
      throw impossible('Only the person can come back by the form');
    changeMember(context, member, { ...fields, status: 'subscribed' });
    return { status: member.status };
  },
  'admin/archive': (world, body) => {
    const audience = audienceMeant(world, body);
    const member = memberMeant(audience, body);
    if (member.status === 'archived') throw impossible('The member is archived already');
    enter(member, 'archived', secondsOf(world.clock.now()));
    bump(world, audience, member);
    return { status: member.status };
  },
  /** "Permanently delete". */
  'admin/delete': (world, body) => {
    const audience = audienceMeant(world, body);
    forget(audience, memberMeant(audience, body));
  },
  /** Edits a profile; `{ newEmail?, mergeFields?, interests?, vip? }`. */
  'admin/edit': (world, body) => {
    const audience = audienceMeant(world, body);
    const member = memberMeant(audience, body);
    const context: WriteContext = { world, audience, callerIp: '192.0.2.1', skipMergeValidation: true };
    changeMember(context, member, {
      ...(textOf(body, 'newEmail') === undefined ? {} : { email_address: body.newEmail }),
      merge_fields: objectOf(body.mergeFields),
      interests: objectOf(body.interests),
      ...(typeof body.vip === 'boolean' ? { vip: body.vip } : {}),
    });
    return { status: member.status, hash: member.hash };
  },
  /** Sends a campaign to an audience; `{ audience?, title? }`. */
  'admin/send': (world, body) => {
    const audience = audienceMeant(world, body);
    const campaign = sendCampaign(world, audience, textOf(body, 'title') ?? 'Letter to everybody');
    for (const member of audience.members.all()) {
      if (member.status !== 'subscribed') continue;
      record(member, 'sent', campaign.sentAtS, { campaign_id: campaign.id, campaign_title: campaign.title });
    }
    return { campaign: campaign.id };
  },
  /** Opens an audience; `{ name, doubleOptin?, marketingPermissions? }`. */
  'admin/audience': (world, body) => {
    const audience = openAudience(world, world.state, {
      name: textOf(body, 'name') ?? 'Another audience',
      doubleOptin: body.doubleOptin === true,
      withPermissions: body.marketingPermissions === true,
    });
    return { audience: audience.id };
  },
  /** Deletes an audience with everybody in it; `{ audience? }`. */
  'admin/delete-audience': (world, body) => {
    world.state.audiences.delete(audienceMeant(world, body).id);
  },
  /** Deletes a merge field, or replaces it by one of another type with the same tag; `{ tag, type?, audience? }`. */
  'admin/merge-field': (world, body) => {
    const audience = audienceMeant(world, body);
    const field = audience.mergeFields.find((one) => one.tag === textOf(body, 'tag'));
    if (field === undefined) throw impossible('There is no such merge field');
    const type = textOf(body, 'type');
    if (type === undefined) withdrawMergeField(audience, field);
    else retypeMergeField(audience, field, type as MergeFieldType); // as the caller wants it
  },
};
